"""Whatever is changed in a bundle, it is refused, and each time with its own reason."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.certification.bundle import ENVELOPE, MANIFEST, MEMBERS
from order_conformance.certification.errors import Refused
from order_conformance.certification.signing import sign
from selftest.support.bundle_changes import (
    EVIDENCE,
    INPUTS,
    LEDGER,
    RESULTS,
    TAKEN_OUT,
    Change,
    both,
    flipped,
    in_envelope,
    in_json,
    in_line,
    is_passed,
    new_seed,
    of_manifest,
    row,
    says_passed,
)
from selftest.support.bundles import (
    Members,
    Vendor,
    check_it,
    other_key,
    put_right_digests,
    statement_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNSIGNED: dict[str, tuple[Change, str]] = {
    "a byte of the evidence": (flipped(EVIDENCE), "evidence.jsonl is not the file whose"),
    "an outcome": (in_json(RESULTS, is_passed), "results.json is not the file whose digest"),
    "the seed": (
        in_json(INPUTS, lambda inputs: inputs.update(seed=1)),
        "inputs.json is not the file whose digest",
    ),
    "a byte of the ledger": (flipped(LEDGER), "ledger.jsonl is not the file whose digest"),
    "a byte of the page": (flipped("report.html"), "report.html is not the file whose digest"),
    "a byte of junit.xml": (flipped("junit.xml"), "junit.xml is not the file whose digest"),
    "a digest": (
        in_json(MANIFEST, lambda manifest: manifest["files"][EVIDENCE].update(sha256="0" * 64)),
        "manifest.json is not the one that was signed",
    ),
    "a byte of the signature": (
        in_envelope(
            lambda envelope: envelope["signatures"][0].update(
                sig=base64.b64encode(bytes(64)).decode()
            )
        ),
        "the signature of the statement was not made with",
    ),
    "the signed statement": (says_passed, "the signature of the statement was not made with"),
    "the type of the payload": (
        in_envelope(lambda envelope: envelope.update(payloadType="text/plain")),
        "the envelope contains 'text/plain'",
    ),
    "no signature": (
        in_envelope(lambda envelope: envelope.update(signatures=[])),
        "the envelope has 0 signatures",
    ),
    "a space in the envelope": (
        lambda members: members.update({ENVELOPE: members[ENVELOPE] + b" "}),
        "the envelope is not canonical JSON",
    ),
    "another envelope": (
        lambda members: members.update({ENVELOPE: b"{}"}),
        "the envelope is not a DSSE envelope",
    ),
}
"""What somebody without the key can do."""


@pytest.mark.parametrize("what", UNSIGNED)
def test_what_was_not_signed_is_refused(vendor: Vendor, bundle: Path, what: str) -> None:
    """By the signature or by a digest below it."""
    change, reason = UNSIGNED[what]
    with pytest.raises(Refused, match=reason):
        check_it(vendor, vendor.changed(bundle, change))


STATEMENTS: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "another predicate": (
        lambda statement: statement.update(predicateType="https://example.com/x"),
        "about something else than tests",
    ),
    "another type": (
        lambda statement: statement.update(_type="https://example.com/x"),
        "not an in-toto statement",
    ),
    "no configuration": (
        lambda statement: statement["predicate"].pop("configuration"),
        "names no configuration",
    ),
    "another result": (
        lambda statement: statement["predicate"].update(result="PASSED"),
        "the statement says something else than results.json",
    ),
    "another subject": (
        lambda statement: statement["subject"][0].update(name="https://other.example.com"),
        "the statement says something else than results.json",
    ),
}


@pytest.mark.parametrize("what", STATEMENTS)
def test_a_signed_statement_that_does_not_fit_is_refused(
    vendor: Vendor, bundle: Path, what: str
) -> None:
    """Whoever signed it."""
    change, reason = STATEMENTS[what]
    with pytest.raises(Refused, match=reason):
        check_it(vendor, vendor.resigned(bundle, change))


FORGED: dict[str, tuple[Change, str]] = {
    "another set": (
        of_manifest(lambda manifest: manifest["set"].update(name="2026-11")),
        "the set is '2026-11', not 'draft'",
    ),
    "a changed set": (
        of_manifest(lambda manifest: manifest["set"].update(digest="sha256:" + "0" * 64)),
        "the set draft is not the published one",
    ),
    "other code": (
        of_manifest(lambda manifest: manifest["suite"].update(code="sha256:" + "0" * 64)),
        "the code of the suite is not the one here",
    ),
    "another contract": (
        of_manifest(lambda manifest: manifest["suite"].update(spec="sha256:" + "0" * 64)),
        "the spec/openapi.yaml is not the one here",
    ),
    "another catalogue": (
        of_manifest(lambda manifest: manifest["suite"].update(requirements="sha256:0")),
        "the spec/requirements.yaml is not the one here",
    ),
    "another version": (
        of_manifest(lambda manifest: manifest["suite"].update(version="9")),
        "the version of the suite is not the one here",
    ),
    "another Python": (
        of_manifest(lambda manifest: manifest["suite"].update(python="2.7")),
        "the version of Python is not the one here",
    ),
    "another format": (
        of_manifest(lambda manifest: manifest.update(format="2")),
        "manifest.json is of format '2'",
    ),
    "more in the manifest": (
        of_manifest(lambda manifest: manifest.update(remark="nothing")),
        "manifest.json has other keys",
    ),
    "another nonce": (
        of_manifest(lambda manifest: manifest.update(nonce="a nonce of ours")),
        "the nonce is not the one that was given out",
    ),
    "another seed": (
        both(in_json(INPUTS, new_seed), in_json(RESULTS, new_seed)),
        "the seed in inputs.json does not follow from the nonce",
    ),
    "another target": (
        in_json(INPUTS, lambda inputs: inputs["target"].update(base_url="http://other")),
        "the target in inputs.json is not the one that was signed",
    ),
    "inputs of another set": (
        in_json(INPUTS, lambda inputs: inputs.update(set=None)),
        "the set in inputs.json is not the one that was signed",
    ),
    "another profile": (
        in_json(INPUTS, lambda inputs: inputs.update(profile="smoke")),
        "inputs.json and results.json tell different values of profile",
    ),
    "another profile in both": (
        both(
            in_json(INPUTS, lambda inputs: inputs.update(profile="smoke")),
            in_json(RESULTS, lambda results: results.update(profile="smoke")),
        ),
        "the profile is not gate, as the set draft demands",
    ),
    "inputs of another format": (
        in_json(INPUTS, lambda inputs: inputs.update(format="2")),
        "inputs.json: has another format than 1",
    ),
    "a requirement left out": (
        in_json(RESULTS, lambda results: results["requirements"].pop()),
        "results.json lacks AUTH-04",
    ),
    "a requirement brought in": (
        in_json(RESULTS, lambda results: row("SHIP-02")(results).update(id="SHIP-01")),
        "results.json lacks SHIP-02",
    ),
    "a requirement added": (
        in_json(
            RESULTS,
            lambda results: results["requirements"].append(
                {**row("SHIP-02")(results), "id": "SHIP-01"}
            ),
        ),
        "results.json has SHIP-01, which is not in the set",
    ),
    "a requirement twice": (
        in_json(
            RESULTS, lambda results: results["requirements"].append(results["requirements"][0])
        ),
        "results.json has a requirement twice",
    ),
    "a level": (
        in_json(RESULTS, lambda results: row("ASSOC-03")(results).update(level="SHOULD")),
        "ASSOC-03 is a MUST in the set draft",
    ),
    "an inconclusive run": (
        in_json(RESULTS, lambda results: results.update(verdict="inconclusive", exit_code=2)),
        "the run was inconclusive",
    ),
    "results of no schema": (
        in_json(RESULTS, lambda results: results.pop("warnings")),
        "results.json does not match its schema",
    ),
    "an exchange from the middle": (
        in_line(
            EVIDENCE,
            lambda line: "wrong_key" in line["id"] and line["id"].endswith("#1"),
            lambda _: TAKEN_OUT,
        ),
        "evidence.jsonl lacks the exchange .*#1",
    ),
    "a line that is not an exchange": (
        lambda members: members.update({EVIDENCE: members[EVIDENCE] + b"[]\n"}),
        "evidence.jsonl has a line that is not an exchange",
    ),
}
"""What the vendor can do, with the key, every digest made to fit, and the reports made anew."""


@pytest.mark.parametrize("what", FORGED)
def test_what_the_signer_forged_is_refused(vendor: Vendor, bundle: Path, what: str) -> None:
    """Though the signature and every digest fit."""
    change, reason = FORGED[what]
    with pytest.raises(Refused, match=reason):
        check_it(vendor, vendor.forged(bundle, change))


def test_a_page_that_says_something_else_is_refused(vendor: Vendor, bundle: Path) -> None:
    """A person reads the page, not the results."""

    def embellish(members: Members) -> None:
        members["report.html"] = members["report.html"].replace(b"Non-conformant", b"Conformant")

    def all_of_it(members: Members) -> None:
        embellish(members)
        put_right_digests(members)
        vendor.sign(members)

    with pytest.raises(Refused, match=r"report\.html does not say what results\.json"):
        check_it(vendor, vendor.changed(bundle, all_of_it))


def test_a_statement_signed_by_another_key_is_refused(vendor: Vendor, bundle: Path) -> None:
    """Though it says the same."""

    def by_somebody_else(members: Members) -> None:
        members[ENVELOPE] = sign(statement_of(members), other_key())

    with pytest.raises(Refused, match="the signature of the statement was not made with"):
        check_it(vendor, vendor.changed(bundle, by_somebody_else))


def test_each_tampering_has_its_reason() -> None:
    """At least 25 kinds, nearly each with a reason of its own; other modules have more."""
    reasons = [reason for kinds in (UNSIGNED, STATEMENTS, FORGED) for _, reason in kinds.values()]
    assert len(reasons) >= 40
    assert len(set(reasons)) >= 35


def test_everything_in_a_bundle_is_bound(vendor: Vendor) -> None:
    """The members are those that were listed, and each is what a certificate needs."""
    assert set(vendor.members) == set(MEMBERS)
