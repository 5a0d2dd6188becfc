"""``inputs.json``: what a run was given, and with the evidence all that a replay needs."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import MISSING, Field, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import httpx

from order_conformance import __version__
from order_conformance.core.outcomes import UsageProblem
from order_conformance.core.redaction import TELLING_LENGTH
from order_conformance.core.shard import Shard
from order_conformance.requirements.profiles import PROFILES
from order_conformance.target.credentials import Header
from order_conformance.target.model import Budget, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


FILE_NAME = "inputs.json"
FORMAT = "1"
STAND_IN = "Stand-In.2f9c41d7a6e85b30"
STAND_IN_WITHOUT_LETTERS = "9047.2260.1853.7714"
"""In place of the key in a replay: what a run sends depends on whether a key has another case."""

STAND_IN_OF_HEADERS = "Field.5b06d8e92c41f7a3"
STAND_IN_OF_PROXIES = b"user-71c4e09b:3a8d5f2c"
RECORDED = "recorded"
"""In place of a command: a replay runs none."""


@dataclass(frozen=True)
class Inputs:
    """What decides, with the responses, what a run sends and says.

    ``tries_saved`` tells that inputs which failed in earlier runs are tried first.
    """

    profile: str
    seed: int
    strict: bool
    token: str
    target: Target
    edition: str | None = None
    nonce: str | None = None
    embedded: bool = False
    shard: Shard | None = None
    tries_saved: bool = False
    edition_digest: str = ""

    @property
    def set(self) -> dict[str, str] | None:
        """The requirement set as files name it; None where there is none."""
        return {"name": self.edition, "digest": self.edition_digest} if self.edition else None


def write_inputs(folder: Path, inputs: Inputs) -> None:
    """Write what a run is given, without its secrets."""
    target = inputs.target
    content = {
        "format": FORMAT,
        "suite": __version__,
        "profile": inputs.profile,
        "seed": inputs.seed,
        "strict": inputs.strict,
        "token": inputs.token,
        "nonce": inputs.nonce,
        "set": inputs.set,
        "embedded": inputs.embedded,
        "key": _kind_of_key(target.api_key),
        "renewable_key": bool(target.key_command),
        "examples": inputs.tries_saved,
        "shard": str(inputs.shard) if inputs.shard else None,
        "target": describe(target),
    }
    _write(folder, content)


def join_inputs(folders: Iterable[Path], folder: Path) -> None:
    """Write what each shard of a run was given; one that wrote nothing is left out."""
    shards = {}
    for each in folders:
        if (each / FILE_NAME).exists():
            content = json.loads((each / FILE_NAME).read_text(encoding="utf-8"))
            shards[content["shard"]] = content
    _write(folder, {"format": FORMAT, "shards": shards})


def recorded_shards(folder: Path) -> list[Shard]:
    """Return the shards that were joined in a folder; none where the run was one.

    Raises:
        UsageProblem: it tells no inputs of a run.
    """
    with _reading(folder) as content:
        return [Shard.parse(name) for name in content.get("shards", ())]


def read_inputs(folder: Path, shard: Shard | None = None) -> Inputs:
    """Read what a run was given, or one of its shards; a stand-in takes the place of its key.

    Raises:
        UsageProblem: there are none, or they cannot be used.
    """
    with _reading(folder) as content:
        return _read(folder / FILE_NAME, content["shards"][str(shard)] if shard else content)


def _write(folder: Path, content: dict[str, Any]) -> None:
    (folder / FILE_NAME).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


@contextmanager
def _reading(folder: Path) -> Iterator[dict[str, Any]]:
    path = folder / FILE_NAME
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise UsageProblem(f"{path}: is not of format {FORMAT}, the only one known here")
        yield content
    except OSError as problem:
        raise UsageProblem(f"{path}: cannot be read ({problem.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UsageProblem(f"{path}: tells no inputs of a run ({problem!r})") from None


def _read(path: Path, content: dict[str, Any]) -> Inputs:
    if content["key"] == "short":
        raise UsageProblem(
            f"{path}: the API key of the run was shorter than {TELLING_LENGTH} characters; "
            "masking it blurs the evidence too much to judge the run again"
        )
    if content["examples"]:
        raise UsageProblem(
            f"{path}: the run tried inputs of earlier runs first (--examples), and those are not "
            "in its folder; only a run without them can be judged again"
        )
    if content["profile"] not in PROFILES:
        raise UsageProblem(f"{path}: no profile is called {content['profile']!r}")
    return Inputs(
        profile=content["profile"],
        seed=int(content["seed"]),
        strict=bool(content["strict"]),
        token=str(content["token"]),
        target=_read_target(content),
        edition=content["set"]["name"] if content["set"] else None,
        edition_digest=content["set"]["digest"] if content["set"] else "",
        nonce=content["nonce"],
        embedded=bool(content["embedded"]),
        shard=Shard.parse(content["shard"]) if content["shard"] else None,
    )


def describe(target: Target) -> dict[str, Any]:
    """Return a target as JSON has it, without what must not be shown."""
    described = {each.name: getattr(target, each.name) for each in fields(target) if each.repr}
    described |= {
        "budget": vars(target.budget),
        "headers": [_describe_header(header) for header in target.headers],
        "proxy": _without_login(target.proxy),
    }
    plain: dict[str, Any] = json.loads(json.dumps(described))
    return plain


class RecordedTarget(Target):
    """A target of which only the recording is left; what let the run in has stand-ins."""

    async def renewed(self, time_left: float) -> Target:  # noqa: ARG002 - no command is run
        """Return this target with other stand-ins: the recording tells what they open."""
        key = f"{self.api_key}+" if self.api_key else None
        return replace(
            self,
            api_key=key,
            headers=tuple(
                replace(header, value=f"{header.value}+") if header.command else header
                for header in self.headers
            ),
        )


def _describe_header(header: Header) -> dict[str, Any]:
    """Return a header field; the value only of what is no secret."""
    value = None if header.variable else header.value
    return {"name": header.name, "variable": header.variable, "value": value} | (
        {"command": True} if header.command else {}
    )


def _read_header(described: dict[str, Any]) -> Header:
    command = (RECORDED,) if described.get("command") else ()
    value = STAND_IN_OF_HEADERS if described["variable"] else described["value"]
    return Header(described["name"], value, described["variable"], command)


def _without_login(proxy: str | None) -> str | None:
    if proxy is None:
        return None
    url = httpx.URL(proxy)
    return str(url.copy_with(userinfo=STAND_IN_OF_PROXIES) if url.userinfo else url)


def _read_target(content: dict[str, Any]) -> Target:
    described = content["target"]
    known = {each.name: each for each in fields(Target)}
    values = {name: _typed(known[name], value) for name, value in described.items()}
    stand_ins = {None: None, "letters": STAND_IN, "no letters": STAND_IN_WITHOUT_LETTERS}
    values["api_key"] = stand_ins[content["key"]]
    values["key_command"] = (RECORDED,) if content["renewable_key"] else ()
    return RecordedTarget(**values)


def _typed(field: Field[Any], value: Any) -> Any:
    """Return a value of JSON as the target has it: lists are tuples there."""
    if field.name == "budget":
        return Budget(**value)
    if field.name == "headers":
        return tuple(map(_read_header, value))
    if field.default_factory is not MISSING and isinstance(value, dict):
        return {k: tuple(v) if isinstance(v, list) else v for k, v in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _kind_of_key(key: str | None) -> str | None:
    if key is None:
        return None
    if len(key) < TELLING_LENGTH:
        return "short"
    return "letters" if key.swapcase() != key else "no letters"
