"""Sample data of the guide, and lawful files of each kind, for the tests of spec/."""

from __future__ import annotations

from typing import Any

ADDRESS: dict[str, Any] = dict.fromkeys(
    ("lineOne", "lineTwo", "lineThree", "city", "state", "zipCode", "country", "note"), "string"
)
SITE: dict[str, Any] = {
    "id": 1,
    "name": "string",
    "active": True,
    "phoneNumber": "string",
    "address": ADDRESS,
}
PATIENT: dict[str, Any] = {
    "id": 1,
    "externalIdentifier": "1234abcd",
    "firstName": "John",
    "lastName": "Doe",
    "dateOfBirth": "1980-01-01",
    "email": "john.doe@example.com",
    "phoneNumber": "+1234567890",
    "archived": True,
    "address": ADDRESS,
    "site": SITE,
    "enrolled": True,
    "sex": "other",
}
ITEM: dict[str, Any] = {
    "id": 1,
    "manufacturer": {"id": 1, "name": "string"},
    "name": "string",
    "model": "string",
    "sku": "string",
    "orderable": True,
}
KIT: dict[str, Any] = {
    "id": 0,
    "name": "string",
    "archived": True,
    "kitItems": [{"item": ITEM, "count": 0}],
}
DEVICE: dict[str, Any] = {
    "id": 1,
    "item": ITEM,
    "currentStatus": "string",
    "used": True,
    "currentPatient": PATIENT,
    "site": SITE,
    "lastHealthCheck": "string",
    "deviceIdentifiers": [{"type": "string", "value": "string"}],
    "deviceEvents": [{"type": "string", "eventTimestamp": "string"}],
    "externalIdentifier": "string",
    "disabledReadings": True,
}
USER: dict[str, Any] = {"id": 0, "firstName": "string", "lastName": "string", "email": "string"}
ORDER: dict[str, Any] = {
    "id": 0,
    "externalOrderIds": ["string"],
    "patient": PATIENT,
    "site": SITE,
    "currentStatus": "availableForPickup",
    "orderItems": [{"item": ITEM, "count": 0}],
    "orderKits": [{"kit": KIT, "count": 0}],
    "orderEvents": [{"name": "string", "eventTimestamp": "string"}],
    "orderNotes": [{"note": "string", "createdAt": "string", "createdBy": USER}],
    "trackingNumbers": [{"carrier": "string", "value": "string"}],
    "devices": [DEVICE],
    "packedKits": [{"kit": KIT, "devices": [DEVICE]}],
    "shippingOption": "standard",
}
PAGE: dict[str, Any] = {
    "content": [ORDER],
    "page": 0,
    "size": 0,
    "total": 0,
    "first": True,
    "last": True,
}
NEW_ORDER: dict[str, Any] = {
    "externalOrderIds": ["xyz_123_0", "xyz_123_1", "xyz_123_2", "xyz_123_3"],
    "patient": {"id": 1234, "sex": "unknown"},
    "orderItems": [{"item": {"id": number}, "count": 10} for number in range(1000, 1004)],
    "orderKits": [{"kit": {"id": number}, "count": 10} for number in range(1000, 1004)],
    "shippingOption": "standard",
}

TARGET = """
base_url = "https://staging.example.com"
path_prefix = "/gateway"
proxy = "http://proxy.example.com:3128"
allow_writes = true
read_only = false
shipping_options = ["standard", "overnight"]
consistency_window = 2.5
rate_limit = 10
timeout = 20

[api_key]
command = ["vault", "kv", "get", "-field=key", "secret/orders"]
header = "Impilo-API-Key"

[headers]
X-Gateway-Token = { env = "GATEWAY_TOKEN" }
X-Session = { command = ["gateway-login"] }
X-Environment = "staging"

[existing]
patients = [1234]
sites = [10]
items = [1000, 1001]
kits = [1000]

[unknown]
patient = 999999
site = 999999
item = 999999
kit = 999999
order = 999999999

[paging]
page_parameter = "page"
size_parameter = "size"

[budget]
requests = 500
orders = 100
minutes = 10

[tls]
ca_bundle = "ca.pem"
client_certificate = "client.pem"
client_key = "client.key"
"""

_COUNTS = {"passed": 0, "failed": 0, "cantTell": 0, "inapplicable": 0, "untested": 0}
RESULTS: dict[str, Any] = {
    "schema_version": "2",
    "verdict": "non-conformant",
    "verdict_reason": "1 MUST failed: ASSOC-03",
    "exit_code": 1,
    "strict": False,
    "profile": "gate",
    "seed": 1234,
    "target": {"base_url": "http://127.0.0.1:8080", "read_only": False, "has_key": False},
    "suite": {
        "version": "0.1.0",
        "spec_digest": "sha256:" + "0" * 64,
        "requirements_digest": "sha256:" + "f" * 64,
    },
    "started": "2026-11-24T11:43:57Z",
    "seconds": 8.1,
    "requests": 312,
    "orders_created": 95,
    "interrupted": False,
    "requirements": [
        {
            "id": "ASSOC-03",
            "level": "MUST",
            "area": "ASSOC",
            "operation": "createOrder",
            "statement": "The server refuses an order that gives a patient and a site at once.",
            "outcome": "failed",
            "reason": "accepted what it must refuse",
            "blame": "server",
            "blocked_by": [],
            "tests": ["tests/test_association.py::test_both"],
            "failures": [
                {
                    "test": "tests/test_association.py::test_both",
                    "requirement": "ASSOC-03",
                    "level": "MUST",
                    "title": "the server accepted an order that it must refuse",
                    "kind": "the server accepted an order that it must refuse",
                    "rule": "The server refuses an order that gives a patient and a site at once.",
                    "source": "guide, Required Attributes",
                    "steps": [
                        {
                            "exchange": "test_both#1",
                            "role": "got",
                            "request": "POST /api/v3/order {}",
                            "response": "201 {}",
                            "status": 201,
                        }
                    ],
                    "expected": "4xx",
                    "notice": "",
                    "pointers": ["/site"],
                    "reproduce": ["curl -sS"],
                    "blame": "server",
                    "evidence": ["test_both#1"],
                    "covered_by": [],
                    "diagnosis": [],
                }
            ],
        }
    ],
    "summary": {"MUST": {**_COUNTS, "failed": 1}, "SHOULD": _COUNTS},
    "dialect": {"create_status": 201, "refusal_statuses": {"validation": 400}},
    "warnings": 0,
    "remaining": {"orders": 95},
}
