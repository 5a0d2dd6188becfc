"""Bugs with unknown properties deep inside an order."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from typing import Any

from reference.deviations import Deviation, fault
from reference.model import Kind
from reference.refusal import Problem
from reference.server.core import Crash


@fault(
    "patient-unknown-property-crashes",
    breaks=["PROTO-12"],
    level="MUST",
    category="odd-input",
    also={"PROTO-09": "it answers 500"},
)
class PatientUnknownPropertyCrashes(Deviation):
    """Passes all properties of the patient to a constructor."""

    kind: Kind = "patient"

    def read_reference(
        self, kind: Kind, value: Any, field: str, problems: list[Problem]
    ) -> int | None:
        if kind == self.kind and isinstance(value, dict) and not value.keys() <= {"id", "sex"}:
            raise Crash("unexpected keyword argument")
        return super().read_reference(kind, value, field, problems)


@fault(
    "kit-unknown-property-crashes",
    breaks=["PROTO-12"],
    level="MUST",
    category="odd-input",
    also={"PROTO-09": "it answers 500"},
)
class KitUnknownPropertyCrashes(PatientUnknownPropertyCrashes):
    """Ignores unknown properties of patients, sites and items, but not of kits."""

    kind = "kit"
