"""Creates: what the API remembers of them, and what follows from it for a refusal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.outcomes import CantTell
from order_conformance.core.redaction import Redactor
from order_conformance.judging.assertions import assert_accepted
from order_conformance.judging.findings import NonConformance
from order_conformance.orders.creates import Api
from order_conformance.recording.ledger import Ledger
from selftest.support.engine_parts import client_for
from selftest.support.misbehaving_server import JSON, Script, response_to, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORBIDDEN = response_to("403 Forbidden", b"{}", JSON)
CREATED = response_to("201 Created", b'{"id": 1}', JSON)
A_PAGE = response_to("200 OK", b"{}", JSON)


@contextmanager
def api_of(folder: Path, *steps: bytes) -> Iterator[Api]:
    """Yield the API of a server that responds with these steps."""
    ledger = Ledger(folder / "ledger.jsonl", Redactor([]))
    with serving(Script(*steps)) as (base_url, _), client_for(base_url, folder) as client:
        yield Api(client, ledger)
    ledger.close()


def test_a_key_that_may_not_create_orders_is_not_a_finding(tmp_path: Path) -> None:
    """Every order is refused with 403, while the list is served."""
    with api_of(tmp_path, FORBIDDEN, A_PAGE) as api:
        exchange = api.create({})
        assert not api.has_accepted_any
        with pytest.raises(CantTell, match="may this key create orders"):
            assert_accepted(exchange, because="the patient exists", api=api)


def test_a_403_is_a_finding_once_another_order_was_accepted(tmp_path: Path) -> None:
    """The key may create orders, so the order is at fault for the server."""
    with api_of(tmp_path, CREATED, FORBIDDEN, A_PAGE) as api:
        api.create({})
        assert api.has_accepted_any
        exchange = api.create({})
        with pytest.raises(NonConformance, match="refused an order that it must accept"):
            assert_accepted(exchange, because="the patient exists", api=api)
