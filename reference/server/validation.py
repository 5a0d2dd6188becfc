"""Methods that validate a parsed create request, one rule each."""

from typing import Any

from reference.model import JsonObject, Kind, Line, Wanted
from reference.refusal import Cause, Problem, Refusal
from reference.server.reading import Reading

MAX_COUNT = 1_000_000_000
MAX_LINES = 500


class Validation(Reading):
    """Each method returns the value to store, and appends to `problems` what is wrong."""

    shipping_options: tuple[str, ...] = ("standard", "overnight")
    default_shipping_option: str | None = "standard"

    def validate(self, document: Any) -> Wanted:
        """Return the requested order, or refuse it with every problem found."""
        problems: list[Problem] = []
        if not isinstance(document, dict):
            raise Refusal("invalid", "The order is invalid.", [Problem("", "must be an object")])
        wanted = self.read_order(document, problems)
        self.judge(problems)
        return wanted

    def judge(self, problems: list[Problem]) -> None:
        """Refuse if there is any problem; if only references are wrong, the cause differs."""
        if problems:
            causes = {problem.cause for problem in problems}
            cause: Cause = "unknown-reference" if causes == {"unknown-reference"} else "invalid"
            raise Refusal(cause, "The order is invalid.", problems)

    def read_order(self, body: JsonObject, problems: list[Problem]) -> Wanted:
        """Read every property that a client may set, and ignore unknown ones."""
        patient, site = self.read_association(body, problems)
        items, kits = self.read_content(body, problems)
        return Wanted(
            patient=patient,
            site=site,
            items=items,
            kits=kits,
            external_ids=self.read_external_ids(body.get("externalOrderIds"), problems),
            shipping_option=self.read_shipping_option(body.get("shippingOption"), problems),
            notes=self.read_notes(body.get("orderNotes"), problems),
        )

    def read_association(
        self, body: JsonObject, problems: list[Problem]
    ) -> tuple[int | None, int | None]:
        """Return whom the order is for: `(patient, None)` or `(None, site)`."""
        patient, site = body.get("patient"), body.get("site")
        if patient is not None and site is not None:
            problems.append(Problem("patient", "name a patient or a site, not both"))
        elif patient is not None:
            return self.read_reference("patient", patient, "patient", problems), None
        elif site is not None:
            return None, self.read_reference("site", site, "site", problems)
        else:
            problems.append(Problem("patient", "name a patient or a site"))
        return None, None

    def read_reference(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> int | None:
        """Return the id in an object that refers to existing data."""
        if not isinstance(value, dict):
            problems.append(Problem(field, "must be an object with an id"))
            return None
        return self.read_id(kind, value.get("id"), f"{field}.id", problems)

    def read_id(self, kind: Kind, value: Any, field: str, problems: list[Problem]) -> int | None:
        """Return the id of something that exists and may appear in an order."""
        if not isinstance(value, int) or isinstance(value, bool):
            problems.append(Problem(field, "must be an integer"))
            return None
        if not self.exists(kind, value):
            problems.append(Problem(field, f"no such {kind}", "unknown-reference"))
            return None
        if not self.usable(kind, value):
            problems.append(Problem(field, f"this {kind} takes no part in new orders"))
            return None
        return value

    def exists(self, kind: Kind, identity: int) -> bool:
        """Whether the catalogue has it."""
        return self.catalogue.find(kind, identity) is not None

    def usable(self, kind: Kind, identity: int) -> bool:
        """Whether something that exists may appear in a new order."""
        return self.catalogue.usable(kind, identity)

    def read_content(
        self, body: JsonObject, problems: list[Problem]
    ) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
        """Return items and kits; at least one line is required."""
        before = len(problems)
        items = self.read_lines("item", body.get("orderItems"), "orderItems", problems)
        kits = self.read_lines("kit", body.get("orderKits"), "orderKits", problems)
        if not items and not kits and len(problems) == before:
            problems.append(Problem("orderItems", "order at least one item or kit"))
        return items, kits

    def read_lines(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> tuple[Line, ...]:
        """Return one list of lines; null means an empty one."""
        if value is None:
            return ()
        if not isinstance(value, list):
            problems.append(Problem(field, "must be a list"))
            return ()
        if len(value) > MAX_LINES:
            problems.append(Problem(field, f"at most {MAX_LINES} lines"))
            return ()
        lines = [
            self.read_line(kind, entry, f"{field}[{position}]", problems)
            for position, entry in enumerate(value)
        ]
        return tuple(line for line in lines if line is not None)

    def read_line(self, kind: Kind, entry: Any, field: str, problems: list[Problem]) -> Line | None:
        """Return one entry of a list: the id and the count."""
        if not isinstance(entry, dict):
            problems.append(Problem(field, "must be an object"))
            return None
        identity = self.read_reference(kind, entry.get(kind), f"{field}.{kind}", problems)
        count = self.read_count(entry.get("count"), f"{field}.count", problems)
        return None if identity is None or count is None else Line(identity, count)

    def read_count(self, value: Any, field: str, problems: list[Problem]) -> int | None:
        """Return the count: one if not given."""
        if value is None:
            return 1
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            problems.append(Problem(field, "must be an integer"))
            return None
        if not 1 <= value <= MAX_COUNT:
            problems.append(Problem(field, f"must be from 1 to {MAX_COUNT}"))
            return None
        return value

    def read_external_ids(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        """Return the external ids: any strings, unchanged."""
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            problems.append(Problem("externalOrderIds", "must be a list of strings"))
            return ()
        return tuple(value)

    def read_shipping_option(self, value: Any, problems: list[Problem]) -> str | None:
        """Return the shipping option."""
        if value is None:
            return self.default_shipping_option
        if value not in self.shipping_options:
            options = ", ".join(self.shipping_options)
            problems.append(Problem("shippingOption", f"must be one of {options}"))
            return None
        return str(value)

    def read_notes(self, value: Any, problems: list[Problem]) -> tuple[str, ...]:
        """Return the notes of the order."""
        if value is None:
            return ()
        if not isinstance(value, list) or not all(
            isinstance(entry, dict) and isinstance(entry.get("note"), str) for entry in value
        ):
            problems.append(Problem("orderNotes", "must be a list of objects with a note"))
            return ()
        return tuple(entry["note"] for entry in value)
