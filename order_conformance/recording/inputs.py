"""``inputs.json``: what a run was given. With the evidence, it is all that a replay needs."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import httpx

from order_conformance import __version__
from order_conformance.core.exit_codes import UsageProblem
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
"""Replace the key in a replay. Which one depends on whether the key has letters, because the run
also sends the key with its case swapped."""

STAND_IN_OF_HEADERS = "Field.5b06d8e92c41f7a3"
STAND_IN_OF_PROXIES = b"user-71c4e09b:3a8d5f2c"
PLAIN_FIELDS = tuple(each.name for each in fields(Target) if "secret" not in each.metadata)
"""The fields of a target that are not marked as secret."""

RECORDED = "recorded"
"""Replaces a command: a replay runs none."""


@dataclass(frozen=True)
class Inputs:
    """What determines, together with the responses, what a run sends and reports.

    Attributes:
        token: distinguishes the run from others with the same seed.
        requirement_set: the name of the requirement set; None if there is none.
        tries_saved: whether inputs that failed in earlier runs are tried first.
    """

    profile: str
    seed: int
    strict: bool
    token: str
    target: Target
    requirement_set: str | None = None
    nonce: str | None = None
    embedded: bool = False
    shard: Shard | None = None
    tries_saved: bool = False
    requirement_set_digest: str = ""

    @property
    def set(self) -> dict[str, str] | None:
        """The requirement set as files name it; None if there is none."""
        if self.requirement_set is None:
            return None
        return {"name": self.requirement_set, "digest": self.requirement_set_digest}


def write_inputs(folder: Path, inputs: Inputs) -> None:
    """Write the inputs of a run to its folder, without the secrets."""
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
    """Write the inputs of all shards of a run to one file; skip a shard that wrote none."""
    shards = {}
    for each in folders:
        if (each / FILE_NAME).exists():
            content = json.loads((each / FILE_NAME).read_text(encoding="utf-8"))
            shards[content["shard"]] = content
    _write(folder, {"format": FORMAT, "shards": shards})


def recorded_shards(folder: Path) -> list[Shard]:
    """Return the shards that were joined in a folder; empty if the run had none.

    Raises:
        UsageProblem: the folder does not hold the inputs of a run.
    """
    with _reading(folder) as content:
        return [Shard.parse(name) for name in content.get("shards", ())]


def read_inputs(folder: Path, shard: Shard | None = None) -> Inputs:
    """Return the inputs of a run, or of one of its shards, with stand-ins for its secrets.

    Raises:
        UsageProblem: there are none, or the run cannot be replayed from them.
    """
    with _reading(folder) as content:
        return _read(folder / FILE_NAME, content["shards"][str(shard)] if shard else content)


def _write(folder: Path, content: dict[str, Any]) -> None:
    (folder / FILE_NAME).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


@contextmanager
def _reading(folder: Path) -> Iterator[dict[str, Any]]:
    """Give the content of the file; whatever is wrong with it becomes a UsageProblem."""
    path = folder / FILE_NAME
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise UsageProblem(f"{path}: has another format than {FORMAT}, the only one known here")
        yield content
    except OSError as problem:
        raise UsageProblem(f"{path}: cannot be read ({problem.strerror})") from None
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise UsageProblem(f"{path}: does not hold the inputs of a run ({problem!r})") from None


def _read(path: Path, content: dict[str, Any]) -> Inputs:
    if content["key"] == "short":
        raise UsageProblem(
            f"{path}: the API key of the run was shorter than {TELLING_LENGTH} characters; "
            "masking it makes the evidence too unclear to replay the run"
        )
    if content["examples"]:
        raise UsageProblem(
            f"{path}: the run first retried inputs of earlier runs (--examples), which are not in "
            "its folder; only a run without --examples can be replayed"
        )
    if content["profile"] not in PROFILES:
        raise UsageProblem(f"{path}: there is no profile {content['profile']!r}")
    return Inputs(
        profile=content["profile"],
        seed=int(content["seed"]),
        strict=bool(content["strict"]),
        token=str(content["token"]),
        target=_read_target(content),
        requirement_set=content["set"]["name"] if content["set"] else None,
        requirement_set_digest=content["set"]["digest"] if content["set"] else "",
        nonce=content["nonce"],
        embedded=bool(content["embedded"]),
        shard=Shard.parse(content["shard"]) if content["shard"] else None,
    )


def describe(target: Target) -> dict[str, Any]:
    """Return a target as JSON has it, without its secrets."""
    described = {name: getattr(target, name) for name in PLAIN_FIELDS} | {
        "budget": vars(target.budget),
        "headers": [_describe_header(header) for header in target.headers],
        "proxy": _without_login(target.proxy),
    }
    plain: dict[str, Any] = json.loads(json.dumps(described))
    return plain


class RecordedTarget(Target):
    """A target that is replayed from its recording, with stand-ins for its credentials."""

    async def renewed(self, time_left: float) -> Target:  # noqa: ARG002 - no command is run
        """Return this target with other stand-ins: the recording has the responses to them."""
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
    """Return a header field as JSON has it, with its value only if that is not secret."""
    value = None if header.variable else header.value
    return {"name": header.name, "variable": header.variable, "value": value} | (
        {"command": True} if header.command else {}
    )


def _read_header(described: dict[str, Any]) -> Header:
    command = (RECORDED,) if described.get("command") else ()
    value = STAND_IN_OF_HEADERS if described["variable"] else described["value"]
    return Header(described["name"], value, described["variable"], command)


def _without_login(proxy: str | None) -> str | None:
    """Return the URL of a proxy with a stand-in for its login."""
    if proxy is None:
        return None
    url = httpx.URL(proxy)
    return str(url.copy_with(userinfo=STAND_IN_OF_PROXIES) if url.userinfo else url)


def _read_target(content: dict[str, Any]) -> Target:
    """Return the target that was recorded; a KeyError or TypeError means that it was not."""
    described = content["target"]
    if set(described) != {*PLAIN_FIELDS, "proxy"}:
        raise KeyError(*sorted({*PLAIN_FIELDS, "proxy"} ^ set(described)))
    stand_ins = {None: None, "letters": STAND_IN, "no letters": STAND_IN_WITHOUT_LETTERS}
    return RecordedTarget(
        base_url=described["base_url"],
        path_prefix=described["path_prefix"],
        api_key=stand_ins[content["key"]],
        key_variable=described["key_variable"],
        key_command=(RECORDED,) if content["renewable_key"] else (),
        key_header=described["key_header"],
        headers=tuple(map(_read_header, described["headers"])),
        proxy=described["proxy"],
        read_only=described["read_only"],
        existing={kind: tuple(ids) for kind, ids in described["existing"].items()},
        unknown=dict(described["unknown"]),
        page_parameter=described["page_parameter"],
        size_parameter=described["size_parameter"],
        shipping_options=tuple(described["shipping_options"]),
        consistency_window=described["consistency_window"],
        rate_limit=described["rate_limit"],
        timeout=described["timeout"],
        budget=Budget(**described["budget"]),
        ca_bundle=described["ca_bundle"],
        client_certificate=described["client_certificate"],
        client_key=described["client_key"],
    )


def _kind_of_key(key: str | None) -> str | None:
    """Say which stand-in the key needs; ``short`` if none would do."""
    if key is None:
        return None
    if len(key) < TELLING_LENGTH:
        return "short"
    return "letters" if key.swapcase() != key else "no letters"
