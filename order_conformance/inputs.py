"""``inputs.json``: what a run was given, and with the evidence all that a replay needs."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, dataclass, fields
from typing import TYPE_CHECKING, Any

from order_conformance import __version__
from order_conformance.outcomes import UsageProblem
from order_conformance.profiles import PROFILES
from order_conformance.redaction import TELLING_LENGTH
from order_conformance.target import Budget, Target

if TYPE_CHECKING:
    from pathlib import Path

    from order_conformance.editions import Edition
    from order_conformance.options import Options

FILE_NAME = "inputs.json"
FORMAT = "1"
STAND_IN = "Stand-In.2f9c41d7a6e85b30"
STAND_IN_WITHOUT_LETTERS = "9047.2260.1853.7714"
"""In place of the key in a replay: what a run sends depends on whether a key has another case."""


@dataclass(frozen=True)
class Inputs:
    """What decides, beside the answers, what a run sends and says."""

    profile: str
    seed: int
    strict: bool
    token: str
    target: Target
    edition: str | None = None
    nonce: str | None = None


def write_inputs(folder: Path, options: Options, target: Target) -> None:
    """Write what a run is given, without its secrets."""
    content = {
        "format": FORMAT,
        "suite": __version__,
        "profile": options.profile.name,
        "seed": options.seed,
        "strict": options.strict,
        "token": options.token,
        "nonce": options.nonce,
        "set": set_of(options.edition),
        "key": _kind_of_key(target.api_key),
        "target": describe(target),
    }
    (folder / FILE_NAME).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_inputs(folder: Path) -> Inputs:
    """Read what a run was given; a stand-in takes the place of its key.

    Raises:
        UsageProblem: there are none, or they cannot be used.
    """
    path = folder / FILE_NAME
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise UsageProblem(f"{path}: is not of format {FORMAT}, the only one known here")
        if content["key"] == "short":
            raise UsageProblem(
                f"{path}: the API key of the run was shorter than {TELLING_LENGTH} characters; "
                "masking it blurs the evidence too much to judge the run again"
            )
        if content["profile"] not in PROFILES:
            raise UsageProblem(f"{path}: no profile is called {content['profile']!r}")
        return Inputs(
            profile=content["profile"],
            seed=int(content["seed"]),
            strict=bool(content["strict"]),
            token=str(content["token"]),
            target=_read_target(content["target"], content["key"]),
            edition=content["set"]["name"] if content["set"] else None,
            nonce=content["nonce"],
        )
    except OSError as problem:
        raise UsageProblem(f"{path}: cannot be read ({problem.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UsageProblem(f"{path}: tells no inputs of a run ({problem!r})") from None


def set_of(edition: Edition | None) -> dict[str, str] | None:
    """Return a set as files name it; None where there is none."""
    return {"name": edition.name, "digest": edition.digest} if edition else None


def describe(target: Target) -> dict[str, Any]:
    """Return a target as JSON has it, without what must not be shown."""
    described = {each.name: getattr(target, each.name) for each in fields(target) if each.repr}
    plain: dict[str, Any] = json.loads(json.dumps(described | {"budget": vars(target.budget)}))
    return plain


def _read_target(described: dict[str, Any], kind_of_key: str | None) -> Target:
    known = {each.name: each for each in fields(Target) if each.repr}
    values = {name: _typed(known[name], value) for name, value in described.items()}
    stand_ins = {None: None, "letters": STAND_IN, "no letters": STAND_IN_WITHOUT_LETTERS}
    return Target(**values, api_key=stand_ins[kind_of_key])


def _typed(field: Field[Any], value: Any) -> Any:
    """Return a value of JSON as the target has it: lists are tuples there."""
    if field.name == "budget":
        return Budget(**value)
    if field.default_factory is not MISSING and isinstance(value, dict):
        return {k: tuple(v) if isinstance(v, list) else v for k, v in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _kind_of_key(key: str | None) -> str | None:
    if key is None:
        return None
    if len(key) < TELLING_LENGTH:
        return "short"
    return "letters" if key.swapcase() != key else "no letters"
