"""How tests judge: each helper states what the server did, what was expected, and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from order_conformance.core.mismatch import pointer
from order_conformance.core.outcomes import CantTell, blocked
from order_conformance.core.statuses import (
    LET_NOBODY_IN,
    REDIRECTION,
    REFUSAL,
    SERVER_ERROR,
    SUCCESS,
)
from order_conformance.core.text import Phrase, cut, short
from order_conformance.judging.findings import NonConformance, Role
from order_conformance.orders.placed import order_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from order_conformance.core.mismatch import Mismatch
    from order_conformance.http.exchange import Exchange
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
    exchange: Exchange, *, because: str, control: Callable[[], Exchange] | None = None
) -> dict[str, Any]:
    """Judge that a create was accepted, and return the order it shows.

    Args:
        exchange: the create.
        because: why it has to be accepted.
        control: sends the same order without what is judged; it is asked for only after a
            refusal. Is that one refused as well, then something else is at fault.

    Raises:
        CantTell: blocked by the requirement that the control order shows to be broken.
    """
    if exchange.status in SUCCESS:
        return order_in(exchange)
    if control is not None:
        _assert_not_to_blame(control())
    if exchange.status in LET_NOBODY_IN and not exchange.others_accepted:
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
    is_elsewhere = sent_in is not None and sent_in != view.exchange
    raise NonConformance(
        f"the {view.name} does not keep {what}",
        [sent_in, view.exchange] if sent_in is not None and is_elsewhere else [view.exchange],
        roles=[Role.SENT, Role.GOT] if is_elsewhere else [Role.GOT],
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
    """Say what is shown; of things without a sequence, what is missing and what is too much."""
    if not isinstance(expected, Counter) or not isinstance(shown, Counter):
        return f"shows {short(shown)}"
    lacking, besides = expected - shown, shown - expected
    parts = [
        f"lacks {_in_words(lacking)}" if lacking else "",
        f"shows {_in_words(besides)} besides" if besides else "",
    ]
    return " and ".join(filter(None, parts))


def assert_no_server_error(
    exchange: Exchange, *, whatever: str, control: Callable[[], Exchange] | None = None
) -> None:
    """Judge that an input, however odd, does not make the server fail.

    Args:
        exchange: the answer to the input.
        whatever: what the input is, as the end of "the server failed on".
        control: see ``assert_accepted``.
    """
    if exchange.status in SERVER_ERROR:
        if control is not None:
            _assert_not_to_blame(control())
        raise NonConformance(
            Phrase("the server failed on {}", Phrase.of(whatever)),
            [exchange],
            expected="an answer below 500: refuse with 4xx, or accept",
        )


def assert_status(exchange: Exchange, statuses: Sequence[int] | range, *, because: str) -> None:
    """Judge the status of an answer."""
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
    """Return a finding for which there is no helper."""
    return NonConformance(
        did, list(dict.fromkeys(exchanges)), expected=expected, notice=notice, pointers=pointers
    )


def _assert_not_to_blame(control: Exchange) -> None:
    """Raise ``blocked`` when a plain order is not accepted either."""
    if control.status not in SUCCESS:
        basis = "ASSOC-02" if b'"site":{' in (control.request.body or b"") else "ASSOC-01"
        what = f"without what is judged, the order is answered {control.status} as well"
        raise blocked(basis, what)


def _redirected(exchange: Exchange) -> CantTell:
    """Return that a create was neither accepted nor refused, but sent elsewhere."""
    place = (exchange.response.header("location") or "nowhere")[:200]
    return blocked("ASSOC-01", f"the create was redirected ({exchange.status}) to {place}")


def _statuses(statuses: Sequence[int] | range) -> str:
    if isinstance(statuses, range):
        return f"{statuses.start // 100}xx"
    return " or ".join(map(str, statuses))
