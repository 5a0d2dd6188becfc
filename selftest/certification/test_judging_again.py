"""What only judging again can find: forgeries whose signature, digests and reports all fit."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from order_conformance.certification.errors import Refused
from order_conformance.certification.verify import check, verify
from selftest.support.bundle_changes import (
    EVIDENCE,
    INPUTS,
    LEDGER,
    RESULTS,
    TAKEN_OUT,
    Change,
    in_json,
    in_line,
    is_passed,
)
from selftest.support.bundles import NONCE, Members, Vendor, check_it, other_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def is_create(line: Any) -> bool:
    """Whether an exchange created an order."""
    return bool(line["request"]["method"] == "POST" and line["response"]["status"] == 201)


def answers_otherwise(line: Any) -> None:
    """Let the server have refused what it accepted."""
    body = '{"message": "no"}'
    line["response"].update(
        status=400,
        body=body,
        body_bytes=len(body),
        body_digest="sha256:" + hashlib.sha256(body.encode()).hexdigest(),
    )


def numbered(line: Any, number: int) -> dict[str, Any]:
    """Return an exchange under another number."""
    return {**line, "id": f"{line['id'].rpartition('#')[0]}#{number}", "clock": 9999.0}


def add_an_exchange(members: Members) -> None:
    """Add one at the end that the run never sent."""
    last = json.loads(members[EVIDENCE].splitlines()[-1])
    number = int(last["id"].rpartition("#")[2]) + 1
    members[EVIDENCE] += json.dumps(numbered(last, number)).encode() + b"\n"


def in_last(change: Callable[[Any], object]) -> Change:
    """Change the last exchange."""

    def apply(members: Members) -> None:
        *lines, last = members[EVIDENCE].decode().splitlines()
        record = json.loads(last)
        kept = [] if change(record) is TAKEN_OUT else [json.dumps(record)]
        members[EVIDENCE] = "".join(f"{line}\n" for line in [*lines, *kept]).encode()

    return apply


JUDGED_AGAIN: dict[str, tuple[Change, str]] = {
    "an outcome": (
        in_json(RESULTS, is_passed),
        'ASSOC-03: judged again, its outcome is "failed", not "passed"',
    ),
    "the last exchange": (in_last(lambda _: TAKEN_OUT), "was sent, but is not in"),
    "an exchange more": (add_an_exchange, "is in the recording, but was not sent"),
    "a request": (
        in_line(EVIDENCE, is_create, lambda line: line["request"].update(body="{}")),
        "the body of the request is",
    ),
    "an answer, but not its digest": (
        in_line(EVIDENCE, is_create, lambda line: line["response"].update(body="{}")),
        "the body does not have the recorded digest",
    ),
    "an answer": (in_line(EVIDENCE, is_create, answers_otherwise), "the replay left its recording"),
    "what nothing is judged by": (
        in_last(lambda line: line.update(retries=3)),
        "evidence.jsonl: line .* is not what the run writes there",
    ),
    "an order in the ledger": (
        in_line(LEDGER, lambda line: "order_id" in line, lambda line: line.update(order_id=0)),
        "ledger.jsonl: line .* is not what the run writes there",
    ),
    "the token": (
        in_json(INPUTS, lambda inputs: inputs.update(token="00000000")),
        "the body of the request is",
    ),
    "a freedom": (
        in_json(RESULTS, lambda results: results["dialect"].update(create_status=200)),
        "judged again, dialect is",
    ),
}
"""What only judging again can find."""


@pytest.mark.parametrize("what", JUDGED_AGAIN)
def test_what_does_not_come_out_again_is_refused(vendor: Vendor, bundle: Path, what: str) -> None:
    """The vendor's best: signature, digests, reports and numbers all fit."""
    change, reason = JUDGED_AGAIN[what]
    forged = vendor.forged(bundle, change)
    check_it(vendor, forged)
    with pytest.raises(Refused, match=reason):
        verify(forged, vendor.signer.public_key, nonce=NONCE, requirement_set=vendor.draft)


def test_the_bundle_itself_is_verified(vendor: Vendor) -> None:
    """As it is, by its key and no other."""
    key = vendor.signer.public_key
    certificate = verify(vendor.bundle, key, nonce=NONCE, requirement_set=vendor.draft)
    assert certificate.statement["predicate"]["failedTests"] == ["ASSOC-03"]
    assert certificate.statement["predicate"]["result"] == "FAILED"
    with pytest.raises(
        Refused, match="the signature of the statement was not made with the given public key"
    ):
        verify(vendor.bundle, other_key().public_key)


def test_a_draft_is_no_certificate_by_itself(vendor: Vendor, tmp_path: Path) -> None:
    """Whoever verifies has to name the file of the draft."""
    with pytest.raises(Refused, match="no set 'draft' is published here"):
        check(vendor.bundle, vendor.signer.public_key, tmp_path / "run")


def test_a_bomb_in_the_evidence_is_harmless(vendor: Vendor, bundle: Path) -> None:
    """A packed body is unpacked up to the size of the largest answer."""
    packed = base64.b64encode(zlib.compress(bytes(2**26))).decode()
    change = in_line(EVIDENCE, is_create, lambda line: line["response"].update(body_packed=packed))
    forged = vendor.forged(bundle, change)
    with pytest.raises(Refused, match="the packed body is larger than any response"):
        verify(forged, vendor.signer.public_key, requirement_set=vendor.draft)
