"""Which patients, sites, items and kits exist: declared, found in the list, or tried."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from order_conformance.core.json_values import is_integer
from order_conformance.core.outcomes import CantTell
from order_conformance.core.statuses import ACCESS_DENIED, REDIRECTION, REFUSAL, SUCCESS
from order_conformance.orders.list_ends import LARGE_SIZE, last_index, read_ends
from order_conformance.orders.page import read_page
from order_conformance.target.model import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from order_conformance.http.exchange import Exchange
    from order_conformance.orders.creates import Api

NOT_FOUND = 404
CRASH = 500
MOST_TRIED = 10
"""Ids of a kind that are tried if none is known to be usable."""

MOST_READ = 5
"""Pages of the list that are read to find out what exists."""

FEW_TRIED = 3
"""Ids of a kind that are tried in addition to those that are known to be usable."""

GUIDE_SAMPLE = {"patients": [1234], "items": [1000, 1001, 1002, 1003]} | {
    "kits": [1000, 1001, 1002, 1003],
    "sites": [],
}
"""What the guide's samples order: tried if the list shows nothing."""

USABLE = {
    "patients": ("archived", False),
    "sites": ("active", True),
    "items": ("orderable", True),
    "kits": ("archived", False),
}
"""The property, and its value, by which an entry says that it can be ordered (for)."""

PROPERTY = {"patients": "patient", "sites": "site", "items": "item", "kits": "kit"}


@dataclass
class KnownIds:
    """Existing ids of each kind: those that can be ordered (for), and those to be tried."""

    by_kind: dict[str, tuple[int, ...]] = field(default_factory=dict)
    to_try: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def ids(self, kind: str) -> tuple[int, ...]:
        """Return the usable ids of a kind; empty if none is known."""
        return self.by_kind.get(kind, ())


def check_it_is_there(api: Api) -> Exchange:
    """Read the list once, before anything else, and return the exchange.

    Raises:
        CantTell: what is at the base URL does not behave like this API, so nothing can be
            judged. Nothing more is sent then.
    """
    try:
        exchange = api.get()
    except CantTell as problem:
        raise api.give_up(f"the target cannot be reached: {problem.reason}") from None
    target = api.target
    if exchange.status in ACCESS_DENIED:
        fix = (
            "check the API key" if target.api_key else f"put the API key into {target.key_variable}"
        )
        raise api.give_up(f"the target refuses access: {exchange.status} for the list; {fix}")
    if exchange.status in REDIRECTION:
        place = exchange.response.header("location")
        raise api.give_up(f"the target redirects the list to {place}; is a login needed?")
    if exchange.json is None and exchange.request.path != target.order_path:
        place = exchange.request.path
        raise api.give_up(
            f"the target redirects the list to {place}, which is not a list; is a login needed?"
        )
    return exchange


def check_it_speaks_json(api: Api, exchanges: list[Exchange]) -> None:
    """Check that the target responds to the list or to a create as an API would.

    Raises:
        CantTell: see ``check_it_is_there``.
    """
    without_json = all(map(_is_not_api, exchanges))
    if without_json or all(each.status == NOT_FOUND for each in exchanges):
        statuses = " and ".join(str(status) for status in sorted({e.status for e in exchanges}))
        how = f"{statuses} without JSON" if without_json else f"{statuses} to every request"
        raise api.give_up(
            f"there is no Order API at {api.target.base_url}{api.target.path_prefix}: it answers "
            f"{how}; check the base URL and path_prefix"
        )


def _is_not_api(exchange: Exchange) -> bool:
    """Return whether a response is not JSON, does not claim to be JSON, and is not a crash."""
    claims_json = exchange.status in SUCCESS and exchange.response.says_json
    return exchange.json is None and not claims_json and exchange.status != CRASH


def may_be_elsewhere(first_list: Exchange) -> bool:
    """Return whether the first response for the list leaves open whether this is the API."""
    return first_list.json is None or first_list.status == NOT_FOUND


def discover(api: Api, first_list: Exchange) -> KnownIds:
    """Return existing ids: those of the target file, else those that the list of orders shows.

    Archived, inactive and non-orderable ones are left out, as a server may refuse them. Ids that
    the list shows without this information are to be tried; if it shows no id of a kind, those of
    the guide's samples are.
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
    """Read large pages of the list, the last one early: its orders differ most from the first."""
    for size in (LARGE_SIZE, None):
        ends = read_ends(api, size)
        exchange = next(ends, None)
        if exchange is None:
            continue
        yield exchange
        yield from ends
        first = read_page(exchange)
        sized = {} if size is None else {"size": size}
        for index in range(1, min(MOST_READ, last_index(first))):
            yield api.list_orders(page=first.page + index, **sized)
        return


def confirm(api: Api, known: KnownIds, marker: Callable[[], str]) -> None:
    """Try the ids that are to be tried, one order each; those refused with 4xx are left out.

    An id on which the server fails is kept, so that the tests report the failure.
    """
    for kind in KINDS:
        most = FEW_TRIED if known.ids(kind) else MOST_TRIED
        for candidate in known.to_try.get(kind, ())[:most]:
            order = _order_with(known, kind, candidate, marker())
            if order is not None and api.create(order).status not in REFUSAL:
                known.by_kind[kind] = tuple(sorted({*known.ids(kind), candidate}))


def _order_with(known: KnownIds, kind: str, candidate: int, marker: str) -> dict[str, Any] | None:
    """Return an order that tries one id together with usable or likely ones; None without those."""
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
    """Return what distinguishes two runs of one seed: the orders that the list showed at first."""
    total = first_list.json.get("total") if isinstance(first_list.json, dict) else None
    return f"{total} {[entry.get('id') for entry in _entries(first_list)]}"


def _entries(exchange: Exchange) -> list[dict[str, Any]]:
    content = exchange.json.get("content") if isinstance(exchange.json, dict) else None
    return [entry for entry in content or () if isinstance(entry, dict)]


def _seen(entries: list[dict[str, Any]], kind: str) -> dict[int, bool | None]:
    """Return each id of a kind, and whether it is usable; None if that is not known.

    Orders may show past states that contradict each other: then it is not known.
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
