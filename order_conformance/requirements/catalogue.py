"""The catalogue of requirements, read from ``spec/requirements.yaml``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import yaml

from order_conformance.core.paths import SPEC
from order_conformance.core.vocabulary import Level

if TYPE_CHECKING:
    from pathlib import Path

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C parser, if PyYAML was built with it: ten times as fast."""


@dataclass(frozen=True)
class Requirement:
    """One rule that is tested; the fields are those of the catalogue file."""

    id: str
    level: Level
    operation: str
    statement: str
    source: str
    rationale: str
    needs: tuple[str, ...]

    @property
    def area(self) -> str:
        """The prefix of the id, such as ASSOC."""
        return self.id.rsplit("-", 1)[0]


@dataclass(frozen=True)
class Catalogue:
    """The requirements, in the order of the file, and the titles of the areas."""

    requirements: dict[str, Requirement]
    areas: dict[str, str]

    def __contains__(self, requirement_id: object) -> bool:
        """Return whether the catalogue has a requirement with this id."""
        return requirement_id in self.requirements

    def __getitem__(self, requirement_id: str) -> Requirement:
        """Return the requirement with this id; raise a KeyError if there is none."""
        return self.requirements[requirement_id]

    @cached_property
    def digest(self) -> str:
        """The digest of the catalogue file, as ``sha256:<hex>``."""
        return file_digest(SPEC / "requirements.yaml")


def file_digest(path: Path) -> str:
    """Return the SHA-256 digest of a file's bytes, as ``sha256:<hex>``."""
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def load_catalogue(path: Path = SPEC / "requirements.yaml") -> Catalogue:
    """Return the catalogue; ``spec/requirements.schema.json`` describes its file."""
    content = yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a safe loader
    requirements = {
        row["id"]: Requirement(
            id=row["id"],
            level=Level(row["level"]),
            operation=row["operation"],
            statement=row["statement"].strip(),
            source=row["source"].strip(),
            rationale=row["rationale"].strip(),
            needs=tuple(row["needs"]),
        )
        for row in content["requirements"]
    }
    return Catalogue(requirements, {area["prefix"]: area["title"] for area in content["areas"]})
