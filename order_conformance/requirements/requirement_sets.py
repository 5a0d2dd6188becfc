"""Published requirement sets (``spec/sets/``), which never change: what a certificate covers."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.paths import SPEC
from order_conformance.core.redaction import TELLING_LENGTH
from order_conformance.core.vocabulary import Level
from order_conformance.requirements.catalogue import Catalogue, file_digest
from order_conformance.requirements.profiles import PROFILES

if TYPE_CHECKING:
    from order_conformance.target.model import Target

SETS = SPEC / "sets"


@dataclass(frozen=True)
class RequirementSet:
    """A published set: its requirements with their levels, and the profile that tests them."""

    name: str
    profile: str
    levels: dict[str, Level]
    digest: str

    @property
    def named(self) -> dict[str, str]:
        """The set as ``results.json`` names it."""
        return {"name": self.name, "digest": self.digest}

    def levelled(self, catalogue: Catalogue) -> Catalogue:
        """Return the catalogue with the levels that the set gives to its requirements.

        Raises:
            UsageProblem: the catalogue lacks a requirement of the set.
        """
        missing = [name for name in self.levels if name not in catalogue]
        if missing:
            raise UsageProblem(
                f"--set {self.name}: this suite does not know {', '.join(missing)}; "
                "use the suite that the set was published with"
            )
        return replace(
            catalogue,
            requirements={
                name: replace(each, level=self.levels.get(name, each.level))
                for name, each in catalogue.requirements.items()
            },
        )

    def check(self, profile: str, target: Target | None) -> None:
        """Check that a run will test the whole set.

        Raises:
            UsageProblem: the profile or the target would leave out a part of it.
        """
        problem = ""
        if profile != self.profile:
            problem = f"is tested with the profile {self.profile}; leave --profile {profile} out"
        elif target is not None and target.read_only:
            problem = "needs to create orders; leave out read_only and --read-only"
        elif target is not None and any(len(each) < TELLING_LENGTH for each in target.secrets):
            problem = (
                f"the API key is shorter than {TELLING_LENGTH} characters; masking it would make "
                "the evidence unreadable, so use a longer key"
            )
        if problem:
            raise UsageProblem(f"--set {self.name}: {problem}")

    def only(self, catalogue: Catalogue) -> Catalogue:
        """Return the part of a catalogue that the set names."""
        named = {k: v for k, v in catalogue.requirements.items() if k in self.levels}
        return replace(catalogue, requirements=named)


def requirement_sets() -> list[str]:
    """Return the names of the published sets, oldest first."""
    return sorted(path.stem for path in SETS.glob("*.yaml"))


def read_requirement_set(name: str) -> RequirementSet:
    """Return a published set by its name, or a draft by the name of its file.

    Raises:
        UsageProblem: there is no such set, or the file does not hold one.
    """
    published = SETS / f"{name}.yaml" if re.fullmatch(r"[0-9]{4}-[0-9]{2}", name) else SETS
    path = Path(name) if name.endswith(".yaml") else published
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        levels = {str(key): Level(value) for key, value in content["requirements"].items()}
        profile = PROFILES[content["profile"]].name
        return RequirementSet(str(content["requirement_set"]), profile, levels, file_digest(path))
    except OSError:
        raise UsageProblem(
            f"--set {name!r}: is not published; choose one of {', '.join(requirement_sets())}, "
            "or name the .yaml file of a draft"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as problem:
        raise UsageProblem(f"--set {name}: does not hold a requirement set ({problem!r})") from None
