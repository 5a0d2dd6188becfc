"""The master data of the account: the patients, sites, items and kits that orders refer to."""

from dataclasses import dataclass, field

from reference.model import JsonObject, Kind


def _address(line: str, city: str, state: str, zip_code: str, note: str | None) -> JsonObject:
    return {
        "lineOne": line,
        "lineTwo": None,
        "lineThree": None,
        "city": city,
        "state": state,
        "zipCode": zip_code,
        "country": "US",
        "note": note,
    }


def _sites() -> dict[int, JsonObject]:
    rows: list[tuple[int, str, bool, str | None, JsonObject | None]] = [
        (
            10,
            "Harbor Clinic",
            True,
            "+12065550110",
            _address("1 Pier Way", "Seattle", "WA", "98101", "Deliveries at the back"),
        ),
        (11, "Hilltop Practice", True, None, _address("9 Summit Rd", "Boise", "ID", "83702", None)),
        (12, "Closed Depot", False, None, None),
    ]
    return {
        identity: {
            "id": identity,
            "name": name,
            "active": active,
            "phoneNumber": phone,
            "address": address,
        }
        for identity, name, active, phone, address in rows
    }


def _patients(sites: dict[int, JsonObject]) -> dict[int, JsonObject]:
    sparse: JsonObject = {
        "id": 1236,
        "externalIdentifier": None,
        "firstName": None,
        "lastName": None,
        "dateOfBirth": None,
        "email": None,
        "phoneNumber": None,
        "archived": None,
        "address": None,
        "site": None,
        "enrolled": None,
        "sex": None,
    }
    rich: JsonObject = {
        "id": 1234,
        "externalIdentifier": "mrn-0001234",
        "firstName": "José",
        "lastName": "O'Neil-Łukasik",
        "dateOfBirth": "1980-02-29",
        "email": "jose.oneil@example.com",
        "phoneNumber": "+12065550142",
        "archived": False,
        "address": _address("42 Cedar St", "Seattle", "WA", "98109", "Ring twice"),
        "site": sites[10],
        "enrolled": True,
        "sex": "male",
    }
    plain: JsonObject = {
        **sparse,
        "id": 1235,
        "firstName": "Ada",
        "lastName": "Novak",
        "dateOfBirth": "1999-12-31",
        "archived": False,
        "address": _address("7 Mill Lane", "Boise", "ID", "83706", None),
        "enrolled": False,
        "sex": "female",
    }
    archived: JsonObject = {**plain, "id": 1237, "firstName": "Ira", "archived": True}
    return {patient["id"]: patient for patient in (rich, plain, sparse, archived)}


def _items() -> dict[int, JsonObject]:
    makers = [{"id": 1, "name": "Acme Medical"}, {"id": 2, "name": "Zephyr Devices"}]
    rows: list[tuple[int, JsonObject | None, str, str | None, str | None, bool]] = [
        (1000, makers[0], "Blood pressure monitor", "BP-7", "ACM-BP7", True),
        (1001, makers[0], "Pulse oximeter", None, "ACM-PO2", True),
        (1002, makers[1], "Weight scale", "WS-200", "ZEP-WS200", True),
        (1003, None, "Test strips, box of 50", None, None, True),
        (1004, makers[1], "Thermometer (discontinued)", "T-1", "ZEP-T1", False),
    ]
    return {
        identity: {
            "id": identity,
            "manufacturer": maker,
            "name": name,
            "model": model,
            "sku": sku,
            "orderable": orderable,
        }
        for identity, maker, name, model, sku, orderable in rows
    }


def _kits(items: dict[int, JsonObject]) -> dict[int, JsonObject]:
    rows: list[tuple[int, str, bool, list[tuple[int, int]]]] = [
        (1000, "Hypertension starter", False, [(1000, 1), (1002, 1)]),
        (1001, "Respiratory kit", False, [(1001, 2)]),
        (1002, "Refill pack", False, [(1003, 4)]),
        (1003, "Full home kit", False, [(1000, 1), (1001, 1), (1002, 1), (1003, 2)]),
        (1004, "Fever kit (retired)", True, [(1004, 1)]),
    ]
    return {
        identity: {
            "id": identity,
            "name": name,
            "archived": archived,
            "kitItems": [{"item": items[item], "count": count} for item, count in content],
        }
        for identity, name, archived, content in rows
    }


@dataclass
class Catalogue:
    """Everything an order can refer to, as complete objects, by kind and id."""

    things: dict[Kind, dict[int, JsonObject]] = field(default_factory=dict)

    @classmethod
    def seeded(cls) -> "Catalogue":
        """Return the data that each reference server starts with."""
        sites = _sites()
        items = _items()
        return cls({"site": sites, "patient": _patients(sites), "item": items, "kit": _kits(items)})

    def find(self, kind: Kind, identity: int) -> JsonObject | None:
        """Return the object of this id, or None."""
        return self.things[kind].get(identity)

    def usable(self, kind: Kind, identity: int) -> bool:
        """Whether new orders may refer to this existing object."""
        thing = self.things[kind][identity]
        match kind:
            case "patient" | "kit":
                return thing["archived"] is not True
            case "site":
                return thing["active"] is True
            case "item":
                return thing["orderable"] is True
