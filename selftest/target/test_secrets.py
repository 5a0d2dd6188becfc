"""What is marked as secret shows nowhere, and what is not marked is not secret."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.redaction import Redactor
from order_conformance.judging.verdict import judge
from order_conformance.recording.inputs import Inputs, describe, read_inputs, write_inputs
from order_conformance.requirements.catalogue import load_catalogue
from order_conformance.results.document import FILE_NAME, RunFacts, build_results, write_results
from order_conformance.target.credentials import Header
from order_conformance.target.model import Budget, Target
from order_conformance.target.settings import default_of, variables_of_the_target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE_URL = "https://staging.example.com"
CANARY = "Canary.{}.5e1d90c7"
PUBLIC = Header("X-Environment", CANARY.format("public"))
"""A value that the target file holds as a text, and that is therefore not secret."""


def secret_fields() -> Iterator[tuple[type, Field[Any]]]:
    """Yield every field of a target, and of what it holds, that is marked as secret."""
    for owner in (Target, Header, Budget):
        for each in fields(owner):
            if each.metadata.get("secret"):
                yield owner, each


def canary_of(owner: type, name: str) -> str:
    """Return the value that is searched for."""
    return CANARY.format(f"{owner.__name__}-{name}")


def with_canaries() -> Target:
    """Return a target in which every secret holds a value of its own."""
    values: dict[type, dict[str, Any]] = {Target: {}, Header: {}}
    for owner, each in secret_fields():
        canary = canary_of(owner, each.name)
        values[owner][each.name] = (canary,) if "tuple" in str(each.type) else canary
    values[Target]["proxy"] = f"http://me:{values[Target]['proxy']}@proxy.example.com:3128"
    header = replace(Header("X-Token", "", "GATEWAY_TOKEN"), **values[Header])
    return replace(Target(BASE_URL), headers=(header, PUBLIC), **values[Target])


def inputs_of(target: Target) -> Inputs:
    """Return the inputs of a run against a target."""
    return Inputs("gate", 1, strict=False, token="t", target=target)


def results_of(target: Target, folder: Path) -> str:
    """Return the text of the results of a run against a target."""
    catalogue = load_catalogue()
    judgement = judge(catalogue, [], strict=False, interrupted="", pending=frozenset(), left_out="")
    facts = RunFacts(
        target=target,
        profile="gate",
        strict=False,
        seed=1,
        started="2026-11-30T00:00:00Z",
        seconds=0.0,
        requests=0,
        orders_created=0,
        orders_unknown=0,
        embedded=False,
        dialect={},
    )
    results = build_results(judgement, catalogue, facts)
    write_results(results, folder, Redactor([*target.secrets]))
    return (folder / FILE_NAME).read_text(encoding="utf-8")


def test_no_secret_of_a_target_shows_anywhere(tmp_path: Path) -> None:
    """Neither in inputs.json nor in repr nor in the results."""
    target = with_canaries()
    write_inputs(tmp_path, inputs_of(target))
    shown = {
        "inputs.json": (tmp_path / "inputs.json").read_text(encoding="utf-8"),
        "repr": repr(target),
        "repr of the inputs": repr(inputs_of(target)),
        "results.json": results_of(target, tmp_path),
    }
    names = [(owner, each.name) for owner, each in secret_fields()]
    assert (Target, "api_key") in names
    for owner, name in names:
        for where, text in shown.items():
            assert canary_of(owner, name) not in text, (where, owner, name)
    assert PUBLIC.value in shown["inputs.json"]


def test_secrets_are_the_values_that_are_masked() -> None:
    """Every marked field is masked by value, unless it is never sent."""
    masked = " ".join(with_canaries().secrets)
    for owner, each in secret_fields():
        is_command = each.name in {"command", "key_command"}
        assert is_command or canary_of(owner, each.name) in masked, each.name


@pytest.mark.parametrize("owner", [Target, Header, Budget, Inputs])
def test_a_secret_is_left_out_of_the_representation(owner: type) -> None:
    """The mark and the repr agree, for every field."""
    assert is_dataclass(owner)
    for each in fields(owner):
        assert each.repr is not bool(each.metadata.get("secret")), each.name


def test_what_is_not_secret_is_recorded_and_read_back(tmp_path: Path) -> None:
    """A replay has every field as the run had it, except for the stand-ins of secrets."""
    target = Target(
        BASE_URL,
        path_prefix="/gateway",
        key_variable="MINE",
        key_header="X-Key",
        headers=(PUBLIC,),
        proxy="http://proxy.example.com:3128",
        read_only=True,
        existing={"sites": (1, 2)},
        unknown={"order": -7},
        page_parameter="p",
        size_parameter="s",
        shipping_options=("standard", "overnight"),
        consistency_window=1.5,
        rate_limit=2.5,
        timeout=3.5,
        budget=Budget(1, 2, 3.5),
        ca_bundle="ca.pem",
        client_certificate="client.pem",
        client_key="client.key",
    )
    plain = Target(BASE_URL)
    for each in fields(Target):
        is_secret = each.name in {"api_key", "key_command", "base_url"}
        assert is_secret or getattr(target, each.name) != getattr(plain, each.name), each.name
    write_inputs(tmp_path, inputs_of(target))
    read = read_inputs(tmp_path).target
    for each in fields(Target):
        assert getattr(read, each.name) == getattr(target, each.name), each.name


def test_a_description_of_another_shape_is_refused(tmp_path: Path) -> None:
    """A key too many or too few is not guessed at."""
    write_inputs(tmp_path, inputs_of(Target(BASE_URL)))
    file = tmp_path / "inputs.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    for change in ({"moon": 1}, {"timeout": None}):
        changed = describe(Target(BASE_URL)) | change
        if "timeout" in change:
            del changed["timeout"]
        file.write_text(json.dumps(content | {"target": changed}), encoding="utf-8")
        with pytest.raises(UsageProblem, match="does not hold the inputs of a run"):
            read_inputs(tmp_path)


def test_the_defaults_of_a_target_are_those_of_the_schema() -> None:
    """Every key that has a default in the schema, and no other field, has one."""
    places = {place[-1]: place for place in variables_of_the_target().values()}
    places |= {"key_variable": ("api_key", "env"), "key_header": ("api_key", "header")}
    for owner in (Target, Budget):
        for each in fields(owner):
            default = default_of(*places[each.name]) if each.name in places else None
            assert each.default in ({default} if default is not None else {MISSING, None, ()}), each
