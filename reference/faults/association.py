"""Bugs with the patient or site that an order is for."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from typing import Any

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Kind, Order, View, Wanted
from reference.refusal import Problem
from reference.server.core import Crash

Parties = tuple[int | None, int | None]


def _without(body: JsonObject, name: str) -> JsonObject:
    return {key: value for key, value in body.items() if key != name}


def _both(body: JsonObject) -> bool:
    return body.get("patient") is not None and body.get("site") is not None


@fault(
    "patient-without-home-site-refused", breaks=["ASSOC-01"], level="MUST", category="association"
)
class PatientWithoutHomeSiteRefused(Deviation):
    """Ships to the patient's home site, so it refuses patients who have none."""

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        identity = super().read_id(kind, value, field, problems)
        if kind == "patient" and identity is not None:
            thing = self.catalogue.find("patient", identity)
            if thing is not None and thing["site"] is None:
                problems.append(Problem(field, "the patient has no site"))
        return identity


@fault(
    "patient-without-name-crashes",
    breaks=["ASSOC-01"],
    level="MUST",
    category="association",
    also={"PROTO-09": "it answers 500"},
    needs=["existing-ids"],
)
class PatientWithoutNameCrashes(Deviation):
    """Concatenates first and last name for a log line, and fails if a name is null."""

    async def store(self, wanted: Wanted) -> Order:
        thing = self.catalogue.find("patient", wanted.patient) if wanted.patient else None
        if thing is not None and thing["lastName"] is None:
            raise Crash("first name + last name")
        return await super().store(wanted)


@fault("site-without-phone-refused", breaks=["ASSOC-02"], level="MUST", category="association")
class SiteWithoutPhoneRefused(Deviation):
    """Refuses sites without a telephone number, because the carrier requires one."""

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        identity = super().read_id(kind, value, field, problems)
        if kind == "site" and identity is not None:
            thing = self.catalogue.find("site", identity)
            if thing is not None and thing["phoneNumber"] is None:
                problems.append(Problem(field, "the site has no phone number"))
        return identity


@fault("site-without-patients-unknown", breaks=["ASSOC-02"], level="MUST", category="association")
class SiteWithoutPatientsUnknown(Deviation):
    """Looks sites up through an inner join with patients, so one without patients is unknown."""

    def exists(self, kind: Kind, identity: int) -> bool:
        if kind == "site":
            homes = [
                p["site"]["id"] for p in self.catalogue.things["patient"].values() if p["site"]
            ]
            return identity in homes
        return super().exists(kind, identity)


@fault("association-both-patient-wins", breaks=["ASSOC-03"], level="MUST", category="association")
class BothPatientWins(Deviation):
    """Validates patient and site separately; if both are given, it uses the patient."""

    def read_association(self, body: JsonObject, problems: list[Problem]) -> Parties:
        return super().read_association(_without(body, "site") if _both(body) else body, problems)


@fault("association-both-site-wins", breaks=["ASSOC-03"], level="MUST", category="association")
class BothSiteWins(Deviation):
    """Treats the site as the ship-to address of a patient order, and drops the patient."""

    def read_association(self, body: JsonObject, problems: list[Problem]) -> Parties:
        return super().read_association(
            _without(body, "patient") if _both(body) else body, problems
        )


@fault("association-both-kept", breaks=["ASSOC-03"], level="MUST", category="association")
class BothKept(Deviation):
    """Checks for at least one association instead of exactly one."""

    def read_association(self, body: JsonObject, problems: list[Problem]) -> Parties:
        if not _both(body):
            return super().read_association(body, problems)
        return (
            self.read_reference("patient", body["patient"], "patient", problems),
            self.read_reference("site", body["site"], "site", problems),
        )


@fault("association-none-accepted", breaks=["ASSOC-04"], level="MUST", category="association")
class NoneAccepted(Deviation):
    """Checks for at most one association instead of exactly one."""

    def read_association(self, body: JsonObject, problems: list[Problem]) -> Parties:
        if body.get("patient") is None and body.get("site") is None:
            return None, None
        return super().read_association(body, problems)


@fault(
    "association-null-counts-as-given", breaks=["ASSOC-04"], level="MUST", category="association"
)
class NullCountsAsGiven(Deviation):
    """Counts property names, not values, so an explicit null counts as an association."""

    def read_association(self, body: JsonObject, problems: list[Problem]) -> Parties:
        named = [name for name in ("patient", "site") if name in body]
        if named and all(body[name] is None for name in named):
            return None, None
        return super().read_association(body, problems)


@fault("association-two-nulls-accepted", breaks=["ASSOC-04"], level="MUST", category="association")
class TwoNullsAccepted(Deviation):
    """Compares the properties with undefined, so two nulls count as given."""

    def read_association(self, body: JsonObject, problems: list[Problem]) -> Parties:
        if "patient" in body and "site" in body and body["patient"] is body["site"] is None:
            return None, None
        return super().read_association(body, problems)


@fault("patient-sex-unknown-refused", breaks=["ASSOC-05"], level="MUST", category="association")
class PatientSexUnknownRefused(Deviation):
    """Validates the whole patient with an enumeration that lacks 'unknown'."""

    def read_association(self, body: JsonObject, problems: list[Problem]) -> Parties:
        patient = body.get("patient")
        if isinstance(patient, dict) and patient.get("sex") == "unknown":
            problems.append(Problem("patient.sex", "must be male, female or other"))
        return super().read_association(body, problems)


@fault(
    "patient-sex-crashes",
    breaks=["ASSOC-05"],
    level="MUST",
    category="association",
    also={"PROTO-09": "it answers 500"},
)
class PatientSexCrashes(Deviation):
    """Merges the patient of the request into the stored entity, and fails (detached object)."""

    def read_association(self, body: JsonObject, problems: list[Problem]) -> Parties:
        patient = body.get("patient")
        if isinstance(patient, dict) and "sex" in patient and patient.get("id") is not None:
            raise Crash("detached entity passed to persist")
        return super().read_association(body, problems)


@fault(
    "patient-shown-by-row-number",
    breaks=["ASSOC-09"],
    level="MUST",
    category="association",
    also={"ATOM-03": "reads show the public id"},
)
class PatientShownByRowNumber(Deviation):
    """Shows the patient's internal row number as its id in the create response."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        if view == "created" and shown["patient"]:
            shown["patient"] = {**shown["patient"], "id": shown["patient"]["id"] - 1233}
        return shown


@fault("site-not-loaded", breaks=["ASSOC-09"], level="MUST", category="association")
class SiteNotLoaded(Deviation):
    """Never loads the lazy association: an order for a site shows a null site."""

    def render_association(self, kind: Kind, identity: int | None) -> JsonObject | None:
        return None if kind == "site" else super().render_association(kind, identity)


@fault("home-site-shown-as-site", breaks=["ASSOC-10"], level="SHOULD", category="association")
class HomeSiteShownAsSite(Deviation):
    """Shows the patient's home site as the site of the order."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        patient = self.catalogue.find("patient", order.wanted.patient or 0)
        if patient is not None and patient["site"] is not None:
            shown["site"] = self.render_thing("site", patient["site"]["id"])
        return shown


@fault("other-party-null-refused", breaks=["ASSOC-11"], level="SHOULD", category="association")
class OtherPartyNullRefused(Deviation):
    """Treats the other association as given if the property is present, even if it is null."""

    def read_association(self, body: JsonObject, problems: list[Problem]) -> Parties:
        if "patient" in body and "site" in body:
            problems.append(Problem("patient", "name a patient or a site, not both"))
        return super().read_association(body, problems)


@fault(
    "created-association-lost",
    breaks=["ASSOC-09"],
    level="MUST",
    category="association",
    also={
        "ATOM-03": "fetch shows what create does not",
    },
)
class CreatedAssociationLost(Deviation):
    """Sends the create response before the patient is loaded."""

    def render_order(self, order: Order, view: View) -> JsonObject:
        shown = super().render_order(order, view)
        return {**shown, "patient": None} if view == "created" else shown
