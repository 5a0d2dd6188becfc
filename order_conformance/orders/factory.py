"""Lawful orders, made of the patients, sites, items and kits that exist at the target."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from order_conformance.core.kinds import Kind
from order_conformance.core.outcomes import CantTell

if TYPE_CHECKING:
    from order_conformance.orders.discovery import KnownIds
    from order_conformance.target.model import Target

LEAVE_OUT: Final = object()
"""As the value of a property: send the order without it."""

MOST_ASSOCIATIONS = 5
MOST_CONTENTS = 10
FEW_LINES = 4
"""This many lines in one list are not too many for any server: the guide's sample has four."""

UNKNOWN_IDS_START = 1_900_000_000
"""Ids from here on, within 32 bits, are assumed not to exist unless the target file names some."""


class Account:
    """Builds orders from what exists at the target, each with a marker of this run."""

    def __init__(
        self, known: KnownIds, target: Target, run_id: str, token: str | None = None
    ) -> None:
        """Number the markers from 1; the token differs between runs of the same seed."""
        self.run_id = run_id
        self._known = known
        self._target = target
        self._token = secrets.token_hex(4) if token is None else token
        self._markers = 0

    def knows(self, kind: Kind) -> bool:
        """Return whether an id of that kind is known to exist."""
        return bool(self._known.ids(kind.plural))

    def existing(self, kind: Kind) -> tuple[int, ...]:
        """Return existing ids of a kind: at most five patients or sites, ten items or kits.

        Raises:
            CantTell: none is known.
        """
        ids = self._known.ids(kind.plural)
        if not ids:
            raise CantTell(
                f"no existing {kind.plural} are known; add to the target file: "
                f"[existing] {kind.plural} = [<id>, ...]"
            )
        most = MOST_ASSOCIATIONS if kind.is_party else MOST_CONTENTS
        # The last is kept: a fault is often at an end.
        return ids if len(ids) <= most else (*ids[: most - 1], ids[-1])

    @property
    def patients(self) -> tuple[int, ...]:
        """Existing patients; CantTell if none is known."""
        return self.existing(Kind.PATIENT)

    @property
    def sites(self) -> tuple[int, ...]:
        """Existing sites; CantTell if none is known."""
        return self.existing(Kind.SITE)

    @property
    def items(self) -> tuple[int, ...]:
        """Existing items; CantTell if none is known."""
        return self.existing(Kind.ITEM)

    @property
    def kits(self) -> tuple[int, ...]:
        """Existing kits; CantTell if none is known."""
        return self.existing(Kind.KIT)

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
        """Return an id that does not exist, of a kind or of an ``order``."""
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
        """Return whether an external id was made by this run."""
        return isinstance(external_id, str) and external_id.startswith(f"conf-{self.run_id}-")

    def marked(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return an order with a marker and a shipping option, unless it has its own.

        The guide's sample sends both.
        """
        added = {"externalOrderIds": [self.marker()], "shippingOption": "standard"}
        return {**added, **order}

    def again(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return the same order under another marker."""
        return {**order, "externalOrderIds": [self.marker()]}

    def order_for(self, party: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Return an order that is lawful apart from its party, which may be anything or missing."""
        return self._order(party, changes)

    def plain_for(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return the plainest order for the same patient or site."""
        return self._order({name: order[name] for name in order if name in {"patient", "site"}}, {})

    def with_kits_instead(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return the same order with a kit in place of its items, where a kit is known."""
        if not self.knows(Kind.KIT):
            return self.again(order)
        without = {name: value for name, value in order.items() if name != "orderItems"}
        return self.again({**without, "orderKits": [kit_line(self.kit)]})

    def with_items_instead(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return the same order with an item in place of its kits, where an item is known."""
        if not self.knows(Kind.ITEM):
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
        make = self.patient_order if self.knows(Kind.PATIENT) else self.site_order
        return make(**changes)

    def order_of(self, kind: Kind, lines: Any) -> dict[str, Any]:
        """Return a plain order with these lines as its only content."""
        return self.plain_order(**{Kind.ITEM.list_name: LEAVE_OUT, kind.list_name: lines})

    def orders_for_every_party(self) -> list[dict[str, Any]]:
        """Return a plain order for each known patient and each known site."""
        parties: list[dict[str, Any]] = []
        for kind in (Kind.PATIENT, Kind.SITE):
            if self.knows(kind):
                parties += [{kind.value: {"id": i}} for i in self.existing(kind)]
        return [self.plain_for(party) for party in parties]

    def patient_and_site_orders(self, **changes: Any) -> list[dict[str, Any]]:
        """Return a lawful order for a patient and one for a site; one where only one is known."""
        orders = [self.plain_order(**changes)]
        if self.knows(Kind.PATIENT) and self.knows(Kind.SITE):
            orders.append(self.site_order(**changes))
        return orders

    def _order(self, association: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
        order: dict[str, Any] = {"externalOrderIds": [self.marker()], **association}
        if self.knows(Kind.ITEM) or not self.knows(Kind.KIT):
            order["orderItems"] = [item_line(self.item)]
        else:
            order["orderKits"] = [kit_line(self.kit)]
        # As in the guide's sample: a test leaves out what its own rule says is optional.
        order["shippingOption"] = "standard"
        order |= changes
        return {name: value for name, value in order.items() if value is not LEAVE_OUT}


def line_of(kind: Kind, thing_id: Any, count: Any = 10) -> dict[str, Any]:
    """Return an entry of the list of a kind (guide, "Create Patient Order Example")."""
    line: dict[str, Any] = {kind.value: {"id": thing_id}}
    return line if count is LEAVE_OUT else {**line, "count": count}


def item_line(item_id: Any, count: Any = 10) -> dict[str, Any]:
    """Return an entry of ``orderItems``."""
    return line_of(Kind.ITEM, item_id, count)


def kit_line(kit_id: Any, count: Any = 10) -> dict[str, Any]:
    """Return an entry of ``orderKits``."""
    return line_of(Kind.KIT, kit_id, count)
