"""The contract for generators, with the ids that exist at the target.

Two documents are made from ``spec/openapi.yaml``. Orders that every server accepts are drawn from
the *lawful* one; it is narrower, because the contract also allows what a server may refuse.
Requests that break the contract are drawn from the *open* one, which is the contract itself.
Without existing ids every request would be answered 404, which hides everything else.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from order_conformance.core.kinds import Kind
from order_conformance.core.paths import SPEC
from order_conformance.orders.factory import FEW_LINES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from order_conformance.orders.factory import Account
    from order_conformance.target.model import Target

PLACEHOLDER = "external-id"
"""An external id in a drawn order; each is replaced by a new one of the run."""

MOST_OF_ONE = 10
"""A count that is not too large for any server: each line of the guide's sample has it."""

DRAWN_LINES = 2
"""Lines in the lists of the open document: short lists are drawn faster."""


def lawful_document(account: Account, target: Target) -> dict[str, Any]:
    """Return a contract whose orders all have to be accepted."""
    document = _with_existing_ids(account, target)
    schemas = document["components"]["schemas"]
    order = schemas["NewOrder"]["properties"]
    # Notes are only in the vendor's reference: a server may not support them.
    del order["orderNotes"]
    order["externalOrderIds"] |= {"maxItems": 4, "items": {"enum": [PLACEHOLDER]}}
    order["shippingOption"]["enum"] = ["standard", *target.shipping_options]
    # As in the guide's sample: a server may refuse a word that does not fit the patient.
    schemas["NewOrderPatient"]["properties"]["sex"]["enum"] = ["unknown"]
    for name, kind in (("orderItems", "item"), ("orderKits", "kit")):
        order[name]["maxItems"] = FEW_LINES
        line = schemas[f"New{name[0].upper()}{name[1:-1]}"]
        line["properties"]["count"] |= {"maximum": MOST_OF_ONE}
        line["properties"][kind]["additionalProperties"] = False
        line["additionalProperties"] = False
    for name in ("NewOrder", "NewOrderPatient", "NewOrderSite"):
        schemas[name]["additionalProperties"] = False
    _leave_out_unknown(schemas["NewOrder"], account)
    return document


def open_document(account: Account, target: Target) -> dict[str, Any]:
    """Return the contract with existing ids, to draw requests that break it in one place."""
    document = _with_existing_ids(account, target)
    order = document["components"]["schemas"]["NewOrder"]["properties"]
    for name in ("externalOrderIds", "orderItems", "orderKits", "orderNotes"):
        order[name]["maxItems"] = DRAWN_LINES
    return document


@cache
def _contract() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((SPEC / "openapi.yaml").read_text(encoding="utf-8"))
    return document


def _with_existing_ids(account: Account, target: Target) -> dict[str, Any]:
    document = deepcopy(_contract())
    schemas = document["components"]["schemas"]
    for kind, ids in _existing(account).items():
        if kind.is_party:
            place = schemas[f"NewOrder{kind.capitalize()}"]["properties"]
        else:
            place = schemas[f"NewOrder{kind.capitalize()}"]["properties"][kind]["properties"]
        if ids:
            place["id"]["enum"] = list(ids)
        # The file shares one schema of a count; each kind of line gets its own.
        if "count" in schemas[f"NewOrder{kind.capitalize()}"]["properties"]:
            properties = schemas[f"NewOrder{kind.capitalize()}"]["properties"]
            properties["count"] = dict(properties["count"])
    _use_examples_of(document, _existing(account))
    names = {"page": target.page_parameter, "size": target.size_parameter}
    for parameter in document["paths"]["/api/v3/order"]["get"]["parameters"]:
        parameter["name"] = names[parameter["name"]]
    return document


def _existing(account: Account) -> dict[Kind, Sequence[int]]:
    return {kind: account.existing(kind) if account.knows(kind) else () for kind in Kind}


def _leave_out_unknown(order: dict[str, Any], account: Account) -> None:
    """Remove the properties of which the account knows no id."""
    known = {kind.value if kind.is_party else kind.list_name: account.knows(kind) for kind in Kind}
    for name, is_known in known.items():
        if not is_known:
            del order["properties"][name]
    for rule in ("oneOf", "anyOf"):
        order[rule] = [each for each in order[rule] if known[each["required"][0]]]


def _use_examples_of(document: dict[str, Any], existing: dict[Kind, Sequence[int]]) -> None:
    """Replace the ids in the examples by existing ones; drop an example if there are none."""
    content = document["paths"]["/api/v3/order"]["post"]["requestBody"]["content"]
    media = content["application/json"]
    samples = [
        deepcopy(each["value"])
        for name, each in document["components"]["examples"].items()
        if name.endswith("OrderRequest")
    ]
    kept: dict[str, Any] = {}
    for number, sample in enumerate(samples):
        if "externalOrderIds" in sample:
            sample["externalOrderIds"] = [PLACEHOLDER] * len(sample["externalOrderIds"])
        if all(_renumber(sample, kind, existing[kind]) for kind in existing):
            kept[f"sample{number}"] = {"value": sample}
    media["examples"] = kept


def _renumber(sample: dict[str, Any], kind: Kind, ids: Sequence[int]) -> bool:
    """Put existing ids of a kind into a sample; return False if it needs more than are known."""
    if kind.is_party:
        places = [sample[kind]] if kind in sample else []
    else:
        lines = kind.list_name
        sample[lines] = sample.get(lines, [])[: len(ids)]
        places = [line[kind] for line in sample[lines]]
        if not sample[lines]:
            del sample[lines]
    for place, known in zip(places, [*ids, *[None] * len(places)], strict=False):
        place["id"] = known
    return all(place["id"] is not None for place in places)
