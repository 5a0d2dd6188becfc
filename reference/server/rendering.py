"""Methods that show an order: complete objects, every property present."""

from reference.model import JsonObject, Kind, Line, Order, View
from reference.server.storing import Storing

_GONE_OUT = ("shipped", "delivered", "availableForPickup")
_CLERK = {
    "id": 501,
    "firstName": "Sam",
    "lastName": "Okafor",
    "email": "sam.okafor@example.com",
}


class Rendering(Storing):
    """Turns a stored order into the document for a client."""

    def render_order(self, order: Order, view: View) -> JsonObject:  # noqa: ARG002
        """Return one order as shown in the response to `view`."""
        wanted = order.wanted
        return {
            "id": order.id,
            "externalOrderIds": list(wanted.external_ids),
            "patient": self.render_association("patient", wanted.patient),
            "site": self.render_association("site", wanted.site),
            "currentStatus": order.status,
            "orderItems": self.render_lines("item", wanted.items),
            "orderKits": self.render_lines("kit", wanted.kits),
            "orderEvents": self.render_events(order),
            "orderNotes": self.render_notes(order),
            "trackingNumbers": self.render_tracking_numbers(order),
            "devices": self.render_devices(order),
            "packedKits": self.render_packed_kits(order),
            "shippingOption": wanted.shipping_option,
        }

    def render_association(self, kind: Kind, identity: int | None) -> JsonObject | None:
        """Return the patient or the site, or null for the one that was not given."""
        return None if identity is None else self.render_thing(kind, identity)

    def render_lines(self, kind: Kind, lines: tuple[Line, ...]) -> list[JsonObject]:
        """Return the items or the kits in the sequence of the request."""
        return [{kind: self.render_thing(kind, line.id), "count": line.count} for line in lines]

    def render_thing(self, kind: Kind, identity: int) -> JsonObject:
        """Return a patient, site, item or kit with all its fields."""
        thing = self.catalogue.find(kind, identity)
        return {"id": identity} if thing is None else dict(thing)

    def render_events(self, order: Order) -> list[JsonObject]:
        """Return the events of the order so far."""
        names = ["received"] if order.status == "received" else ["received", order.status]
        return [{"name": name, "eventTimestamp": order.created_at} for name in names]

    def render_notes(self, order: Order) -> list[JsonObject]:
        """Return the notes with their authors."""
        return [
            {"note": note, "createdAt": order.created_at, "createdBy": dict(_CLERK)}
            for note in order.wanted.notes
        ]

    def render_tracking_numbers(self, order: Order) -> list[JsonObject]:
        """Return the tracking numbers of the parcels that were sent."""
        if order.status not in _GONE_OUT:
            return []
        return [{"carrier": "UPS", "value": f"1Z999AA1{order.id:010}"}]

    def render_devices(self, order: Order) -> list[JsonObject]:
        """Return the devices that were picked for the items."""
        if order.status not in _GONE_OUT:
            return []
        return [
            self.render_device(order, number, line.id)
            for number, line in enumerate(order.wanted.items)
        ]

    def render_device(self, order: Order, number: int, item: int) -> JsonObject:
        """Return one picked device."""
        return {
            "id": order.id % 1_000_000 * 1000 + number,
            "item": self.render_thing("item", item),
            "currentStatus": order.status,
            "used": number % 2 == 1,
            "currentPatient": self.render_association("patient", order.wanted.patient),
            "site": self.render_association("site", order.wanted.site),
            "lastHealthCheck": order.created_at if number % 2 == 0 else None,
            "deviceIdentifiers": [{"type": "serialNumber", "value": f"SN-{order.id}-{number}"}],
            "deviceEvents": [{"type": "packed", "eventTimestamp": order.created_at}],
            "externalIdentifier": None,
            "disabledReadings": False,
        }

    def render_packed_kits(self, order: Order) -> list[JsonObject]:
        """Return the kits that were packed, each with its devices."""
        if order.status not in _GONE_OUT:
            return []
        return [
            {
                "kit": self.render_thing("kit", line.id),
                "devices": [
                    self.render_device(order, 100 + number, content["item"]["id"])
                    for number, content in enumerate(
                        (self.catalogue.find("kit", line.id) or {"kitItems": []})["kitItems"]
                    )
                ],
            }
            for line in order.wanted.kits
        ]
