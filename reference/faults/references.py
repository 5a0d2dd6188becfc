"""Bugs in looking up what an order refers to."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from typing import Any

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Kind
from reference.refusal import Problem
from reference.server.core import Crash

Parties = tuple[int | None, int | None]
_CRASHES = {
    "PROTO-09": "it answers 500 instead of refusing",
    "PROTO-10": "the 500 may be judged as an error",
}


def _accepting_unknown(kind_accepted: Kind) -> type[Deviation]:
    class Accepting(Deviation):
        def exists(self, kind: Kind, identity: int) -> bool:
            return kind == kind_accepted or super().exists(kind, identity)

        def usable(self, kind: Kind, identity: int) -> bool:
            return not super().exists(kind, identity) or super().usable(kind, identity)

    return Accepting


def _crashing_on_unknown(kind_refused: Kind) -> type[Deviation]:
    class Crashing(Deviation):
        def exists(self, kind: Kind, identity: int) -> bool:
            if kind == kind_refused and not super().exists(kind, identity):
                raise Crash("foreign key constraint failed")
            return super().exists(kind, identity)

    return Crashing


@fault("unknown-patient-accepted", breaks=["ASSOC-06"], level="MUST", category="association")
class UnknownPatientAccepted(_accepting_unknown("patient")):  # type: ignore[misc]
    """Stores the patient's id without a foreign key: any number is accepted."""


@fault(
    "unknown-patient-crashes",
    breaks=["ASSOC-06"],
    level="MUST",
    category="association",
    also=_CRASHES,
)
class UnknownPatientCrashes(_crashing_on_unknown("patient")):  # type: ignore[misc]
    """Relies on the foreign key to check the patient, and does not handle the error."""


@fault("unknown-site-accepted", breaks=["ASSOC-07"], level="MUST", category="association")
class UnknownSiteAccepted(_accepting_unknown("site")):  # type: ignore[misc]
    """Stores the site's id without a foreign key: any number is accepted."""


@fault(
    "unknown-site-crashes", breaks=["ASSOC-07"], level="MUST", category="association", also=_CRASHES
)
class UnknownSiteCrashes(_crashing_on_unknown("site")):  # type: ignore[misc]
    """Relies on the foreign key to check the site, and does not handle the error."""


@fault("patient-without-id-accepted", breaks=["ASSOC-08"], level="MUST", category="association")
class PatientWithoutIdAccepted(Deviation):
    """Treats a patient object without an id as a new patient, and stores an order for nobody."""

    def read_association(self, body: JsonObject, problems: list[Problem]) -> Parties:
        patient = body.get("patient")
        if isinstance(patient, dict) and patient.get("id") is None and body.get("site") is None:
            return None, None
        return super().read_association(body, problems)


@fault("site-without-id-is-default", breaks=["ASSOC-08"], level="MUST", category="association")
class SiteWithoutIdIsDefault(Deviation):
    """Uses the account's first site if the site object has no id."""

    def read_reference(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> int | None:
        if kind == "site" and isinstance(value, dict) and value.get("id") is None:
            return 10
        return super().read_reference(kind, value, field, problems)


@fault(
    "party-without-id-crashes",
    breaks=["ASSOC-08"],
    level="MUST",
    category="association",
    also=_CRASHES,
)
class PartyWithoutIdCrashes(Deviation):
    """Reads patient.id and site.id without checking that they are there."""

    def read_reference(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> int | None:
        if kind in ("patient", "site") and isinstance(value, dict) and value.get("id") is None:
            raise Crash("unboxing null")
        return super().read_reference(kind, value, field, problems)


@fault("id-as-string-accepted", breaks=["ASSOC-12"], level="SHOULD", category="association")
class IdAsStringAccepted(Deviation):
    """Converts ids: a string of digits is accepted as a number."""

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
            value = int(value)
        return super().read_id(kind, value, field, problems)


@fault("id-fraction-truncated", breaks=["ASSOC-12"], level="SHOULD", category="association")
class IdFractionTruncated(Deviation):
    """Casts ids to a long, which drops the fraction."""

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        if isinstance(value, float) and abs(value) < 2**63:
            value = int(value)
        return super().read_id(kind, value, field, problems)


@fault("id-list-of-one-accepted", breaks=["ASSOC-12"], level="SHOULD", category="association")
class IdListOfOneAccepted(Deviation):
    """Unwraps a list of one element, as some deserialisers can be configured to do."""

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        return super().read_id(kind, value, field, problems)


@fault("scalar-party-accepted", breaks=["ASSOC-12"], level="SHOULD", category="association")
class ScalarPartyAccepted(Deviation):
    """Accepts a bare number as the id, in place of the patient or site object."""

    def read_reference(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> int | None:
        if kind in ("patient", "site") and isinstance(value, int):
            value = {"id": value}
        return super().read_reference(kind, value, field, problems)


@fault("id-cut-to-64-bits", breaks=["ASSOC-06"], level="MUST", category="association")
class IdCutTo64Bits(Deviation):
    """Reads ids into 64 bits without an overflow check: 2^64 + 1 is patient 1."""

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        if type(value) is int:
            value = (value + 2**63) % 2**64 - 2**63
        return super().read_id(kind, value, field, problems)


class _PartyRead(Deviation):
    """Base: `read` turns another value into a patient or site object."""

    def read(self, value: Any) -> Any:
        """Return the value that is used as the patient or site."""
        raise NotImplementedError

    def read_reference(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> int | None:
        party = self.read(value) if kind in ("patient", "site") else value
        return super().read_reference(kind, party, field, problems)


@fault("party-list-of-one-accepted", breaks=["ASSOC-12"], level="SHOULD", category="association")
class PartyListOfOneAccepted(_PartyRead):
    """Unwraps a list of one patient or site, as some deserialisers can be configured to do."""

    def read(self, value: Any) -> Any:
        return value[0] if isinstance(value, list) and len(value) == 1 else value


@fault("party-as-text-accepted", breaks=["ASSOC-12"], level="SHOULD", category="association")
class PartyAsTextAccepted(_PartyRead):
    """Deserialises a string as a patient or site, because the class has a string constructor."""

    def read(self, value: Any) -> Any:
        return {"id": int(value)} if isinstance(value, str) and value.isdecimal() else value
