"""Assertions for tests; each states what the server did, what was expected, and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from order_conformance.core.mismatch import pointer
from order_conformance.core.outcomes import CantTell, blocked
from order_conformance.core.statuses import (
    ACCESS_DENIED,
    REDIRECTION,
    REFUSAL,
    SERVER_ERROR,
    SUCCESS,
)
from order_conformance.core.text import Phrase, cut, short
from order_conformance.judging.findings import NonConformance
from order_conformance.orders.placed import order_in, order_sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from order_conformance.core.mismatch import Mismatch
    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api
    from order_conformance.orders.placed import PlacedOrder, View


def assert_refused(exchange: Exchange, *, because: str) -> None:
    """Judge that a create was refused: any 4xx is a refusal."""
    if exchange.status in REFUSAL:
        return
    if exchange.status in REDIRECTION:
        raise _redirected(exchange)
    if exchange.status in SUCCESS:
        did = "the server accepted an order that it must refuse"
    elif exchange.status in SERVER_ERROR:
        did = "the server failed on an order that it must refuse"
    else:
        did = Phrase("the server answered {} to an order that it must refuse", exchange.status)
    raise NonConformance(did, [exchange], expected=f"4xx, and nothing stored, because {because}")


def assert_accepted(
    exchange: Exchange,
    *,
    because: str,
    control: Callable[[], Exchange] | None = None,
    api: Api | None = None,
) -> dict[str, Any]:
    """Judge that a create was accepted, and return the order it shows.

    Args:
        exchange: the create.
        because: why it has to be accepted.
        control: sends the same order without what is judged; it is called only after a
            refusal. If that order is refused as well, something else is at fault.
        api: where there is no control, asked whether the server accepted any order of this run:
            if not, the key may not be allowed to create orders.

    Raises:
        CantTell: blocked by the requirement that the control order shows to be broken, or the
            server accepts no order with this key.
    """
    if exchange.status in SUCCESS:
        return order_in(exchange)
    if control is not None:
        _assert_not_to_blame(control())
    if exchange.status in ACCESS_DENIED and api is not None and not api.has_accepted_any:
        raise CantTell(
            f"the target accepts no order from us ({exchange.status}); may this key create orders?"
        )
    if exchange.status in SERVER_ERROR:
        did = "the server failed on an order that it must accept"
    elif exchange.status in REDIRECTION:
        place = (exchange.response.header("location") or "nowhere")[:200]
        did = Phrase("the server redirected a create to {} instead of accepting it", place)
    else:
        did = "the server refused an order that it must accept"
    raise NonConformance(
        did, [exchange], expected=f"201 or 200 with the order as a JSON object, because {because}"
    )


def assert_kept(
    views: Sequence[tuple[PlacedOrder, Sequence[View]]],
    what: str,
    read: Callable[[dict[str, Any]], Any],
) -> None:
    """Judge that a value sent comes back the same wherever its order is shown."""
    for placed, places in views:
        for view in places:
            seen = _KeysRead(view.order)
            shown = read(seen)
            assert_shows(
                view, what, read(placed.sent), shown, sent_in=placed.exchange, keys=seen.keys_read
            )


def assert_shows(  # noqa: PLR0913 - the last two are optional
    view: View,
    what: str,
    expected: Any,
    shown: Any,
    *,
    sent_in: Exchange | None = None,
    keys: Iterable[str] = (),
) -> None:
    """Judge one value in one place where an order is shown."""
    if shown == expected:
        return
    exchanges = [e for e in (sent_in, view.exchange) if e is not None]
    raise NonConformance(
        f"the {view.name} does not keep {what}",
        list(dict.fromkeys(exchanges)),
        expected=f"{what}: {_in_words(expected)}",
        notice=f"the {view.name} {_apart(expected, shown)}",
        pointers=[pointer([*view.path, key]) for key in keys],
    )


class _KeysRead(dict[str, Any]):
    """An order that remembers which of its keys were read: there is what is wrong."""

    def __init__(self, order: dict[str, Any]) -> None:
        super().__init__(order)
        self.keys_read: dict[str, None] = {}

    def get(self, key: str, default: Any = None) -> Any:
        self.keys_read[key] = None
        return super().get(key, default)


def _in_words(value: Any) -> str:
    return cut(", ".join(value.elements())) if isinstance(value, Counter) else short(value)


def _apart(expected: Any, shown: Any) -> str:
    """Say what is shown; of things without a sequence, what is missing and what is surplus."""
    if not isinstance(expected, Counter) or not isinstance(shown, Counter):
        return f"shows {short(shown)}"
    lacking, besides = expected - shown, shown - expected
    parts = [
        f"lacks {_in_words(lacking)}" if lacking else "",
        f"also shows {_in_words(besides)}" if besides else "",
    ]
    return " and ".join(filter(None, parts))


def assert_no_server_error(
    exchange: Exchange, *, whatever: str, control: Callable[[], Exchange] | None = None
) -> None:
    """Judge that an input, however odd, is not answered with 5xx.

    Args:
        exchange: the response to the input.
        whatever: what the input is, as the end of "the server failed on".
        control: see ``assert_accepted``.
    """
    if exchange.status in SERVER_ERROR:
        if control is not None:
            _assert_not_to_blame(control())
        raise NonConformance(
            Phrase("the server failed on {}", Phrase.of(whatever)),
            [exchange],
            expected="a status below 500: accept the request or refuse it with 4xx",
        )


def assert_status(exchange: Exchange, statuses: Sequence[int] | range, *, because: str) -> None:
    """Judge the status of a response."""
    if exchange.status not in statuses:
        raise NonConformance(
            Phrase("the server answered {}", exchange.status),
            [exchange],
            expected=f"{_statuses(statuses)}, because {because}",
        )


def fail(
    did: str,
    *exchanges: Exchange,
    expected: str,
    notice: str | Mismatch = "",
    pointers: Iterable[str] = (),
) -> NonConformance:
    """Return a finding for which there is no assertion above."""
    return NonConformance(
        did, list(dict.fromkeys(exchanges)), expected=expected, notice=notice, pointers=pointers
    )


def _assert_not_to_blame(control: Exchange) -> None:
    """Raise ``blocked`` if the control is not accepted either."""
    if control.status not in SUCCESS:
        is_for_site = isinstance(order_sent(control).get("site"), dict)
        what = f"without what is judged, the order is answered {control.status} as well"
        raise blocked("ASSOC-02" if is_for_site else "ASSOC-01", what)


def _redirected(exchange: Exchange) -> CantTell:
    """Return the outcome of a create that was redirected: neither accepted nor refused."""
    place = (exchange.response.header("location") or "nowhere")[:200]
    return blocked("ASSOC-01", f"the create was redirected ({exchange.status}) to {place}")


def _statuses(statuses: Sequence[int] | range) -> str:
    if isinstance(statuses, range):
        return f"{statuses.start // 100}xx"
    return " or ".join(map(str, statuses))
