"""Which patients, sites, items and kits exist: declared, seen in the list, or tried."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from order_conformance.api import LET_NOBODY_IN, SUCCESS
from order_conformance.outcomes import CantTell
from order_conformance.paging import is_integer
from order_conformance.target import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from order_conformance.api import Api
    from order_conformance.exchange import Exchange

REDIRECTS = range(300, 400)

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
class Known:
    """Existing ids of each kind, and where they are from."""

    by_kind: dict[str, tuple[int, ...]] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)

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
    if exchange.status in REDIRECTS:
        place = exchange.answer.header("location")
        raise _give_up(api, f"the target redirects the list to {place}, another place; log in?")
    return exchange


def check_it_speaks_json(api: Api, list_exchange: Exchange, create_exchange: Exchange) -> None:
    """Give up on a target that answers neither the list nor a create as any API would.

    Raises:
        CantTell: see ``check_it_is_there``.
    """
    answers = (list_exchange, create_exchange)
    if all(each.json is None and each.status != 500 for each in answers):  # noqa: PLR2004
        statuses = " and ".join(str(each.status) for each in answers)
        raise _give_up(
            api,
            f"there is no Order API at {api.target.base_url}{api.target.path_prefix}: list and "
            f"create were answered {statuses} without JSON; check the base URL and path_prefix",
        )


def discover(api: Api, first_list: Exchange) -> Known:
    """Find existing ids: those of the target file, else those that the list of orders shows.

    Whatever is archived, inactive or not orderable is passed over: a server may refuse it.
    """
    known = Known()
    entries = _entries(first_list)
    if set(KINDS) - set(api.target.existing):
        entries += _entries(api.list_orders(size=100))
    for kind in KINDS:
        if kind in api.target.existing:
            known.by_kind[kind] = api.target.existing[kind]
            known.source[kind] = "target file"
            continue
        seen = _seen(entries, kind)
        sure = tuple(sorted(i for i, usable in seen.items() if usable))
        unsure = tuple(sorted(i for i, usable in seen.items() if usable is None))
        known.by_kind[kind] = sure or unsure
        known.source[kind] = "list of orders"
        if not sure:
            known.source[kind] = "list of orders, to be tried" if unsure else "nowhere"
    return known


def confirm(api: Api, known: Known, marker: Any) -> None:
    """Try what is not sure to be orderable; what the server refuses is passed over.

    What the list shows without saying that it may be ordered may be archived. Where it
    shows nothing, the guide's own sample ids are tried.
    """
    for kind in KINDS:
        if known.source.get(kind) == "nowhere":
            known.by_kind[kind] = tuple(GUIDE_SAMPLE[kind])
            known.source[kind] = "the guide's samples, to be tried"
    unsure = [kind for kind in KINDS if known.source.get(kind, "").endswith("to be tried")]
    if not unsure or api.target.read_only:
        return
    accepted: dict[str, list[int]] = {kind: [] for kind in unsure}
    for kind, candidate in ((k, i) for k in unsure for i in known.by_kind[k][:10]):
        order = _order_with(known, kind, candidate, marker())
        if order is not None and api.create(order).status in SUCCESS:
            accepted[kind].append(candidate)
    for kind, ids in accepted.items():
        from_guide = known.source[kind].startswith("the guide")
        if ids or from_guide:
            known.by_kind[kind] = tuple(ids)


def _order_with(known: Known, kind: str, candidate: int, marker: str) -> dict[str, Any] | None:
    order: dict[str, Any] = {"externalOrderIds": [marker]}
    if kind == "sites":
        order["site"] = {"id": candidate}
    elif kind == "patients":
        order["patient"] = {"id": candidate}
    elif known.ids("patients"):
        order["patient"] = {"id": known.ids("patients")[0]}
    elif known.ids("sites"):
        order["site"] = {"id": known.ids("sites")[0]}
    else:
        return None
    if kind == "kits" or (kind != "items" and not known.ids("items")):
        kits = [candidate] if kind == "kits" else list(known.ids("kits")[:1])
        order["orderKits"] = [{"kit": {"id": kit}, "count": 1} for kit in kits]
    else:
        items = [candidate] if kind == "items" else list(known.ids("items")[:1])
        order["orderItems"] = [{"item": {"id": item}, "count": 1} for item in items]
    return order


def _entries(exchange: Exchange) -> list[dict[str, Any]]:
    content = exchange.json.get("content") if isinstance(exchange.json, dict) else None
    return [entry for entry in content or () if isinstance(entry, dict)]


def _seen(entries: list[dict[str, Any]], kind: str) -> dict[int, bool | None]:
    """Return each id of a kind with what is known of it: usable, not usable, or not said."""
    name, (flag, good) = PROPERTY[kind], USABLE[kind]
    seen: dict[int, bool | None] = {}
    for thing in _things(entries, name):
        thing_id, said = thing.get("id"), thing.get(flag)
        if not is_integer(thing_id):
            continue
        usable = None if not isinstance(said, bool) else said is good
        if usable is not None or int(thing_id) not in seen:
            seen[int(thing_id)] = usable
    return seen


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
    api.door.gave_up = reason
    return CantTell(reason)
