"""Which patients, sites, items and kits exist: declared, seen in the list, or tried."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from order_conformance.core.json_values import is_integer
from order_conformance.core.outcomes import CantTell
from order_conformance.core.statuses import LET_NOBODY_IN, REDIRECTION, REFUSAL, SUCCESS
from order_conformance.orders.page import is_no_page, read_page
from order_conformance.target.model import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api

NOT_FOUND = 404
CRASH = 500
MOST_TRIED = 10
"""Ids of a kind that are tried where none is known for sure."""

LARGE_SIZE = 100
MOST_READ = 5
"""Pages of the list that are read to find what exists."""

FEW_TRIED = 3
"""Ids of a kind that are tried beside those that are known."""

GUIDE_SAMPLE = {"patients": [1234], "items": [1000, 1001, 1002, 1003]} | {
    "kits": [1000, 1001, 1002, 1003],
    "sites": [],
}
"""What the guide's samples order: tried when the list shows nothing."""

USABLE = {
    "patients": ("archived", False),
    "sites": ("active", True),
    "items": ("orderable", True),
    "kits": ("archived", False),
}
"""By which property an entry says that it may be ordered (for)."""

PROPERTY = {"patients": "patient", "sites": "site", "items": "item", "kits": "kit"}


@dataclass
class KnownIds:
    """Existing ids of each kind: those that may be ordered (for), and those to be tried."""

    by_kind: dict[str, tuple[int, ...]] = field(default_factory=dict)
    to_try: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def ids(self, kind: str) -> tuple[int, ...]:
        """Return the known ids of a kind; empty when none is known."""
        return self.by_kind.get(kind, ())


def check_it_is_there(api: Api) -> Exchange:
    """Read the list once, before anything else, and return the exchange.

    Raises:
        CantTell: nothing at the base URL behaves like this API at all, so nothing can be
            judged. The door then sends nothing more.
    """
    try:
        exchange = api.get()
    except CantTell as problem:
        raise _give_up(api, f"the target cannot be reached: {problem.reason}") from None
    target = api.target
    if exchange.status in LET_NOBODY_IN:
        mend = "is the key right?" if target.api_key else f"put its key into {target.key_variable}"
        raise _give_up(api, f"the target lets nobody in: {exchange.status} to the list; {mend}")
    if exchange.status in REDIRECTION:
        place = exchange.response.header("location")
        raise _give_up(api, f"the target redirects the list to {place}; is a login needed?")
    if exchange.json is None and exchange.request.path != target.order_path:
        place = exchange.request.path
        raise _give_up(api, f"the target led us to {place}, where no list is; is a login needed?")
    return exchange


def check_it_speaks_json(api: Api, exchanges: list[Exchange]) -> None:
    """Give up on a target that answers neither the list nor any create as an API would.

    Raises:
        CantTell: see ``check_it_is_there``.
    """
    no_json = all(map(_is_no_api, exchanges))
    if no_json or all(each.status == NOT_FOUND for each in exchanges):
        statuses = " and ".join(str(status) for status in sorted({e.status for e in exchanges}))
        how = f"{statuses} without JSON" if no_json else f"{statuses} to whatever is sent"
        raise _give_up(
            api,
            f"there is no Order API at {api.target.base_url}{api.target.path_prefix}: it answers "
            f"{how}; check the base URL and path_prefix",
        )


def _is_no_api(exchange: Exchange) -> bool:
    """Say whether an answer is neither JSON, nor claims to be, nor is a crash."""
    claims_json = exchange.status in SUCCESS and exchange.response.says_json
    return exchange.json is None and not claims_json and exchange.status != CRASH


def may_be_elsewhere(first_list: Exchange) -> bool:
    """Say whether the first look at the list leaves open if the API is there at all."""
    return first_list.json is None or first_list.status == NOT_FOUND


def discover(api: Api, first_list: Exchange) -> KnownIds:
    """Find existing ids: those of the target file, else those that the list of orders shows.

    Whatever is archived, inactive or not orderable is passed over: a server may refuse it.
    What the list shows without a word on that is to be tried, and so are the ids of the
    guide's samples where it shows nothing.
    """
    known = KnownIds()
    entries = _entries(first_list)
    for page in _further_pages(api) if set(KINDS) - set(api.target.existing) else ():
        entries += _entries(page)
        if all(kind in api.target.existing or _seen(entries, kind) for kind in KINDS):
            break
    for kind in KINDS:
        if kind in api.target.existing:
            known.by_kind[kind] = api.target.existing[kind]
            continue
        seen = _seen(entries, kind)
        known.by_kind[kind] = tuple(sorted(i for i, usable in seen.items() if usable))
        unsure = tuple(sorted(i for i, usable in seen.items() if usable is None))
        known.to_try[kind] = unsure if seen else tuple(GUIDE_SAMPLE[kind])
        if api.target.read_only:
            known.by_kind[kind] += unsure
    return known


def _further_pages(api: Api) -> Iterator[Exchange]:
    """Read large pages of the list, the last one early: it shows other orders than the first."""
    parameters = {"size": LARGE_SIZE}
    exchange = api.list_orders(**parameters)
    if is_no_page(exchange):
        parameters = {}
        exchange = api.list_orders()
    if is_no_page(exchange):
        return
    yield exchange
    first = read_page(exchange)
    pages = math.ceil(first.total / max(1, first.size))
    for index in dict.fromkeys([pages - 1, *range(1, MOST_READ)]):
        if 0 < index < pages:
            yield api.list_orders(page=first.page + index, **parameters)


def confirm(api: Api, known: KnownIds, marker: Callable[[], str]) -> None:
    """Order (for) what is to be tried; what the server refuses with 4xx is passed over.

    What it fails on is kept: that is for the tests to report.
    """
    for kind in KINDS:
        most = FEW_TRIED if known.ids(kind) else MOST_TRIED
        for candidate in known.to_try.get(kind, ())[:most]:
            order = _order_with(known, kind, candidate, marker())
            if order is not None and api.create(order).status not in REFUSAL:
                known.by_kind[kind] = tuple(sorted({*known.ids(kind), candidate}))


def _order_with(known: KnownIds, kind: str, candidate: int, marker: str) -> dict[str, Any] | None:
    """Return an order that tries one id together with ids that are known, or likely."""
    likely = {k: (known.ids(k) or known.to_try.get(k, ()))[:1] for k in KINDS}
    likely[kind] = (candidate,)
    party = "sites" if kind == "sites" or not likely["patients"] else "patients"
    content = "kits" if kind == "kits" or not likely["items"] else "items"
    if not (likely[party] and likely[content]):
        return None
    thing, name = PROPERTY[content], "orderKits" if content == "kits" else "orderItems"
    return {
        "externalOrderIds": [marker],
        PROPERTY[party]: {"id": likely[party][0]},
        name: [{thing: {"id": likely[content][0]}, "count": 1}],
        "shippingOption": "standard",
    }


def shown_at_first(first_list: Exchange) -> str:
    """Return what tells one beginning of a run from another: the orders that the list showed."""
    total = first_list.json.get("total") if isinstance(first_list.json, dict) else None
    return f"{total} {[entry.get('id') for entry in _entries(first_list)]}"


def _entries(exchange: Exchange) -> list[dict[str, Any]]:
    content = exchange.json.get("content") if isinstance(exchange.json, dict) else None
    return [entry for entry in content or () if isinstance(entry, dict)]


def _seen(entries: list[dict[str, Any]], kind: str) -> dict[int, bool | None]:
    """Return each id of a kind with what is known of it: usable, not usable, or not said.

    Orders that show it as it once was may contradict each other: then nothing is known.
    """
    name, (flag, good) = PROPERTY[kind], USABLE[kind]
    said: dict[int, set[bool]] = {}
    for thing in _things(entries, name):
        thing_id, value = thing.get("id"), thing.get(flag)
        if is_integer(thing_id):
            usable = {value is good} if isinstance(value, bool) else set()
            said.setdefault(int(thing_id), set()).update(usable)
    return {i: min(usable) if len(usable) == 1 else None for i, usable in said.items()}


def _things(value: Any, name: str) -> Iterator[dict[str, Any]]:
    """Yield every object under a property of that name, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == name and isinstance(inner, dict):
                yield inner
            yield from _things(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _things(inner, name)


def _give_up(api: Api, reason: str) -> CantTell:
    api.client.gave_up = reason
    return CantTell(reason)
