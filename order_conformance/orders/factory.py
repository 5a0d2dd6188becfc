"""What exists at the target: patients, sites, items and kits to order for, and lawful orders."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from order_conformance.core.outcomes import CantTell

if TYPE_CHECKING:
    from order_conformance.orders.discovery import KnownIds
    from order_conformance.target.model import Target

LEAVE_OUT: Final = object()
"""As the value of a property: the order is sent without it."""

MOST_ASSOCIATIONS = 5
MOST_CONTENTS = 10
FEW_LINES = 4
"""Lines of one list that no server can call too many: the guide's sample has as many."""

UNKNOWN_IDS_START = 1_900_000_000
"""Ids from here on, within 32 bits, are taken for unknown unless the target file names some."""


class Account:
    """Builds orders from what exists at the target; each carries a marker of this run."""

    def __init__(
        self, known: KnownIds, target: Target, run_id: str, token: str | None = None
    ) -> None:
        """Number the markers from 1; the token tells this run from others of the same seed."""
        self.run_id = run_id
        self._known = known
        self._target = target
        self._token = secrets.token_hex(4) if token is None else token
        self._markers = 0

    def existing(self, kind: str) -> tuple[int, ...]:
        """Existing ids of a kind, such as ``patient``; CantTell if none is known."""
        most = MOST_ASSOCIATIONS if kind in {"patient", "site"} else MOST_CONTENTS
        return self._existing(f"{kind}s", most)

    @property
    def patients(self) -> tuple[int, ...]:
        """Existing patients, at most five; CantTell if none is known."""
        return self._existing("patients", MOST_ASSOCIATIONS)

    @property
    def sites(self) -> tuple[int, ...]:
        """Existing sites, at most five; CantTell if none is known."""
        return self._existing("sites", MOST_ASSOCIATIONS)

    @property
    def items(self) -> tuple[int, ...]:
        """Existing items, at most ten; CantTell if none is known."""
        return self._existing("items", MOST_CONTENTS)

    @property
    def kits(self) -> tuple[int, ...]:
        """Existing kits, at most ten; CantTell if none is known."""
        return self._existing("kits", MOST_CONTENTS)

    @property
    def patient(self) -> int:
        """An existing patient."""
        return self.patients[0]

    @property
    def site(self) -> int:
        """An existing site."""
        return self.sites[0]

    @property
    def item(self) -> int:
        """An existing item."""
        return self.items[0]

    @property
    def kit(self) -> int:
        """An existing kit."""
        return self.kits[0]

    def unknown(self, kind: str) -> int:
        """Return the id of a ``patient``, ``site``, ``item``, ``kit`` or ``order`` that is none."""
        offset = int(self.run_id, 16) % 90_000_000
        return self._target.unknown.get(kind, UNKNOWN_IDS_START + offset)

    def marker(self) -> str:
        """Return the next external id of this run."""
        self._markers += 1
        return f"conf-{self.run_id}-{self._markers}"

    def unused_marker(self) -> str:
        """Return the next external id, one that no earlier run of this seed can have used."""
        return f"{self.marker()}-{self._token}"

    def is_ours(self, external_id: Any) -> bool:
        """Say whether an external id was made by this run."""
        return isinstance(external_id, str) and external_id.startswith(f"conf-{self.run_id}-")

    def marked(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return an order with what the guide's sample sends beside it, unless it says otherwise.

        That is an external id, here a marker of this run, and the shipping option.
        """
        beside = {"externalOrderIds": [self.marker()], "shippingOption": "standard"}
        return {**beside, **order}

    def again(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return the same order under another marker."""
        return {**order, "externalOrderIds": [self.marker()]}

    def order_for(self, party: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Return an order that is lawful but for the party, which may be any or none."""
        return self._order(party, changes)

    def plain_for(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return the plainest order for the same patient or site."""
        return self._order({name: order[name] for name in order if name in {"patient", "site"}}, {})

    def with_kits_instead(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return the same order, of a kit in place of its items where a kit is known."""
        if not self.knows("kits"):
            return self.again(order)
        without = {name: value for name, value in order.items() if name != "orderItems"}
        return self.again({**without, "orderKits": [kit_line(self.kit)]})

    def with_items_instead(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return the same order, of an item in place of its kits where an item is known."""
        if not self.knows("items"):
            return self.again(order)
        without = {name: value for name, value in order.items() if name != "orderKits"}
        return self.again({**without, "orderItems": [item_line(self.item)]})

    def patient_order(self, **changes: Any) -> dict[str, Any]:
        """Return a lawful order for a patient, with some properties changed or left out."""
        return self._order({"patient": {"id": self.patient}}, changes)

    def site_order(self, **changes: Any) -> dict[str, Any]:
        """Return a lawful order for a site, with some properties changed or left out."""
        return self._order({"site": {"id": self.site}}, changes)

    def plain_order(self, **changes: Any) -> dict[str, Any]:
        """Return a lawful order for a patient or, where none is known, for a site."""
        make = self.patient_order if self.knows("patients") else self.site_order
        return make(**changes)

    def orders_for_each(self) -> list[dict[str, Any]]:
        """Return a plain order for each known patient and each known site."""
        parties: list[dict[str, Any]] = []
        for kind in ("patient", "site"):
            if self.knows(f"{kind}s"):
                parties += [{kind: {"id": i}} for i in self.existing(kind)]
        return [self.plain_for(party) for party in parties]

    def both_orders(self, **changes: Any) -> list[dict[str, Any]]:
        """Return a lawful order for a patient and one for a site, as far as both are known."""
        orders = [self.plain_order(**changes)]
        if self.knows("patients") and self.knows("sites"):
            orders.append(self.site_order(**changes))
        return orders

    def knows(self, kind: str) -> bool:
        """Say whether any of ``patients``, ``sites``, ``items`` or ``kits`` is known."""
        return bool(self._known.ids(kind))

    def _order(self, association: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
        order: dict[str, Any] = {"externalOrderIds": [self.marker()], **association}
        if self.knows("items") or not self.knows("kits"):
            order["orderItems"] = [item_line(self.item)]
        else:
            order["orderKits"] = [kit_line(self.kit)]
        # As in the guide's sample: a test leaves out what its own rule says is optional.
        order["shippingOption"] = "standard"
        order |= changes
        return {name: value for name, value in order.items() if value is not LEAVE_OUT}

    def _existing(self, kind: str, most: int) -> tuple[int, ...]:
        ids = self._known.ids(kind)
        if not ids:
            raise CantTell(
                f"no existing {kind} are known; add to the target file: "
                f"[existing] {kind} = [<id>, ...]"
            )
        # The last is kept: faults like to sit at an end.
        return ids if len(ids) <= most else (*ids[: most - 1], ids[-1])


def item_line(item_id: Any, count: Any = 10) -> dict[str, Any]:
    """Return an entry of ``orderItems`` (guide, "Create Patient Order Example")."""
    line: dict[str, Any] = {"item": {"id": item_id}}
    return line if count is LEAVE_OUT else {**line, "count": count}


def kit_line(kit_id: Any, count: Any = 10) -> dict[str, Any]:
    """Return an entry of ``orderKits``."""
    line: dict[str, Any] = {"kit": {"id": kit_id}}
    return line if count is LEAVE_OUT else {**line, "count": count}
