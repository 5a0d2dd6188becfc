"""The contract is valid OpenAPI, knows every field of the guide and leaves servers free."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate

from selftest.support.order_samples import NEW_ORDER, ORDER, PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = Path(__file__).resolve().parents[2] / "spec"
CONTRACT: dict[str, Any] = yaml.safe_load((SPEC / "openapi.yaml").read_text("utf-8"))
SCHEMAS: dict[str, dict[str, Any]] = CONTRACT["components"]["schemas"]
RESPONSES = [name for name in SCHEMAS if not name.startswith("NewOrder") and name != "Error"]
# Objects whose id must be there when they are shown; the last segment of a path names the object.
IDENTIFIED = {"patient", "currentPatient", "site", "item", "kit"}

Place = tuple[str | int, ...]


def errors(schema: str, instance: Any) -> list[str]:
    """What the named schema says against the instance."""
    root = {"$ref": f"#/components/schemas/{schema}", "components": CONTRACT["components"]}
    return [error.message for error in OAS30Validator(root).iter_errors(instance)]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every place inside a JSON value, down to its leaves."""
    children: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(value, dict):
        children = iter(value.items())
    elif isinstance(value, list):
        children = iter(enumerate(value))
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def at(value: Any, path: Place) -> Any:
    """The value at a place."""
    for key in path:
        value = value[key]
    return value


def changed(value: Any, path: Place, new: Any) -> Any:
    """A copy with another value at one place."""
    result = copy.deepcopy(value)
    at(result, path[:-1])[path[-1]] = new
    return result


def without(value: Any, path: Place) -> Any:
    """A copy without the field at one place."""
    result = copy.deepcopy(value)
    del at(result, path[:-1])[path[-1]]
    return result


def is_required(path: Place) -> bool:
    """Whether the field at a place of an order may neither be null nor absent."""
    return path[-1] == "id" and (len(path) == 1 or path[-2] in IDENTIFIED)


def name_of(path: Place) -> str:
    """A place as a test id."""
    return ".".join(str(key) for key in path)


ORDER_PLACES = list(places(ORDER))
ORDER_FIELDS = [path for path in ORDER_PLACES if isinstance(path[-1], str)]
ORDER_ENTRIES = [path for path in ORDER_PLACES if isinstance(path[-1], int)]
ORDER_OBJECTS = [path for path in [(), *ORDER_PLACES] if isinstance(at(ORDER, path), dict)]


def test_the_contract_is_valid_openapi() -> None:
    """The document validates as OpenAPI 3.0."""
    validate(CONTRACT)
    assert CONTRACT["openapi"] == "3.0.3"


def test_the_contract_has_the_three_operations() -> None:
    """Create, list and fetch are there under the names the catalogue uses, and nothing else."""
    found = {
        operation["operationId"]: (method, path)
        for path, item in CONTRACT["paths"].items()
        for method, operation in item.items()
    }
    assert found == {
        "createOrder": ("post", "/api/v3/order"),
        "listOrders": ("get", "/api/v3/order"),
        "fetchOrder": ("get", "/api/v3/order/{orderId}"),
    }


def test_the_key_is_a_header_and_optional() -> None:
    """The reference names the header; the guide's samples send none."""
    scheme = CONTRACT["components"]["securitySchemes"]["apiKey"]
    assert (scheme["in"], scheme["name"]) == ("header", "Impilo-API-Key")
    assert CONTRACT["security"] == [{"apiKey": []}, {}]


def test_a_created_order_links_to_its_fetch() -> None:
    """Both success answers lead to the order by its id."""
    for status in ("200", "201"):
        links = CONTRACT["paths"]["/api/v3/order"]["post"]["responses"][status]["links"]
        (link,) = links.values()
        assert link["operationId"] == "fetchOrder"
        assert link["parameters"] == {"orderId": "$response.body#/id"}


# -- Answers -------------------------------------------------------------------------------------


def test_the_guides_order_and_page_are_lawful() -> None:
    """The sample answers of the guide match the contract."""
    assert errors("Order", ORDER) == []
    assert errors("OrderPage", PAGE) == []


@pytest.mark.parametrize("path", ORDER_PLACES, ids=name_of)
def test_every_field_of_an_order_is_typed(path: Place) -> None:
    """A value of another JSON type is rejected, at each place of the sample."""
    original = at(ORDER, path)
    wrong_values: list[Any] = ["text", 1, 1.5, True, [], {}]
    for wrong in wrong_values:
        # Empty objects and lists in place of objects and lists are not of another type.
        if type(wrong) is not type(original):
            assert errors("Order", changed(ORDER, path, wrong)), wrong


@pytest.mark.parametrize("path", ORDER_FIELDS, ids=name_of)
def test_every_field_but_the_ids_may_be_null_or_absent(path: Place) -> None:
    """Only the ids of the order and of what it shows are required."""
    for variant in (changed(ORDER, path, None), without(ORDER, path)):
        assert bool(errors("Order", variant)) == is_required(path)


def test_an_order_of_nulls_is_lawful() -> None:
    """Only the id is needed of an order."""
    assert errors("Order", dict.fromkeys(ORDER) | {"id": 7}) == []
    assert errors("Order", {"id": 7}) == []


@pytest.mark.parametrize("path", ORDER_ENTRIES, ids=name_of)
def test_no_list_holds_null(path: Place) -> None:
    """A null as entry of a list is rejected, unlike a null field."""
    assert errors("Order", changed(ORDER, path, None))


@pytest.mark.parametrize("path", ORDER_OBJECTS, ids=name_of)
def test_unknown_fields_are_lawful_at_every_level(path: Place) -> None:
    """Servers may show more than the guide knows of."""
    order = copy.deepcopy(ORDER)
    at(order, path)["somethingNew"] = [{"a": 1}]
    assert errors("Order", order) == []


@pytest.mark.parametrize("name", RESPONSES)
def test_answers_have_no_enumerations_and_stay_open(name: str) -> None:
    """Words and growth are the server's freedom."""
    text = yaml.safe_dump(SCHEMAS[name])
    for word in ("enum:", "additionalProperties", "pattern:", "maxLength", "maximum"):
        assert word not in text


def test_dates_are_only_strings_here() -> None:
    """Both lawful forms of a date of birth pass; their form is judged by SCHEMA-05."""
    for text in ("1980-01-01", "1980-01-01T00:00:00Z"):
        assert errors("Order", changed(ORDER, ("patient", "dateOfBirth"), text)) == []


@pytest.mark.parametrize("field", ["content", "page", "size", "total", "first", "last"])
def test_the_six_paging_fields_are_required_and_typed(field: str) -> None:
    """A page without one of them, or with null or text in it, is rejected."""
    assert errors("OrderPage", without(PAGE, (field,)))
    wrong_values: list[Any] = [None, "0", {}]
    for wrong in wrong_values:
        assert errors("OrderPage", changed(PAGE, (field,), wrong))


@pytest.mark.parametrize("field", ["page", "size", "total"])
def test_paging_numbers_are_never_negative(field: str) -> None:
    """Minus one is no page, no size and no total."""
    assert errors("OrderPage", changed(PAGE, (field,), -1))
    assert errors("OrderPage", changed(PAGE, (field,), 0)) == []


def test_a_page_checks_its_orders() -> None:
    """An entry that is no order spoils the page."""
    assert errors("OrderPage", {**PAGE, "content": [ORDER, {}]})


@pytest.mark.parametrize("response", [{}, [], None, "text", 1, {"detail": [{"loc": ["body"]}]}])
def test_an_error_answer_has_any_shape(response: Any) -> None:
    """The guide shows no error answers, so every JSON value is lawful."""
    assert errors("Error", response) == []


# -- Requests ------------------------------------------------------------------------------------

ITEMS: list[dict[str, Any]] = [{"item": {"id": 1000}}]
KITS: list[dict[str, Any]] = [{"kit": {"id": 1000}}]


@pytest.mark.parametrize(
    "order",
    [
        NEW_ORDER,
        {"patient": {"id": 1}, "orderItems": ITEMS},
        {"patient": {"id": 1}, "orderKits": KITS},
        {"site": {"id": 1}, "orderItems": ITEMS},
        {"site": {"id": 1}, "orderItems": ITEMS, "orderKits": KITS},
        {"site": {"id": 1}, "orderKits": KITS, "orderNotes": [{"note": "hello"}]},
        {"site": {"id": 1}, "orderKits": KITS, "externalOrderIds": [], "unknown": {"a": None}},
    ],
)
def test_a_lawful_request_is_accepted(order: dict[str, Any]) -> None:
    """One association, some content, and only ids are needed."""
    assert errors("NewOrder", order) == []


@pytest.mark.parametrize(
    "order",
    [
        pytest.param({**NEW_ORDER, "site": {"id": 1}}, id="both"),
        pytest.param({"orderItems": ITEMS}, id="neither"),
        pytest.param({"patient": None, "orderItems": ITEMS}, id="null patient"),
        pytest.param({"patient": None, "site": None, "orderItems": ITEMS}, id="both null"),
        pytest.param({"patient": {}, "orderItems": ITEMS}, id="patient without id"),
        pytest.param({"site": {"id": None}, "orderItems": ITEMS}, id="site with null id"),
        pytest.param({"patient": {"id": "1"}, "orderItems": ITEMS}, id="text id"),
        pytest.param({"patient": 1, "orderItems": ITEMS}, id="bare patient"),
        pytest.param({"patient": {"id": 1}}, id="no content"),
        pytest.param({"patient": {"id": 1}, "orderItems": []}, id="empty items"),
        pytest.param({"patient": {"id": 1}, "orderKits": []}, id="empty kits"),
        pytest.param({"patient": {"id": 1}, "orderItems": [], "orderKits": []}, id="both empty"),
        pytest.param({"patient": {"id": 1}, "orderItems": None}, id="null items"),
        pytest.param({"patient": {"id": 1}, "orderItems": ITEMS[0]}, id="items no list"),
        pytest.param({"patient": {"id": 1}, "orderItems": [1000]}, id="bare item ids"),
        pytest.param({"patient": {"id": 1}, "orderItems": [*ITEMS, {}]}, id="no item"),
        pytest.param({"patient": {"id": 1}, "orderItems": [{"item": {}}]}, id="item without id"),
        pytest.param({"patient": {"id": 1}, "orderKits": [{"kit": {}}]}, id="kit without id"),
        *(
            pytest.param(
                {"patient": {"id": 1}, "orderItems": [{"item": {"id": 1}, "count": count}]},
                id=f"count {count!r}",
            )
            for count in (0, -1, 1.5, "1")
        ),
        pytest.param({**NEW_ORDER, "externalOrderIds": "a"}, id="external ids no list"),
        pytest.param({**NEW_ORDER, "externalOrderIds": [1]}, id="external id a number"),
        pytest.param({**NEW_ORDER, "shippingOption": 1}, id="shipping option a number"),
        pytest.param([], id="list"),
        pytest.param("order", id="text"),
    ],
)
def test_a_wrong_request_is_rejected(order: Any) -> None:
    """Each breaks one rule of the guide."""
    assert errors("NewOrder", order)


# -- Examples ------------------------------------------------------------------------------------


def media_types(value: Any) -> Iterator[dict[str, Any]]:
    """Every media type object of the contract that has examples."""
    for child in value.values() if isinstance(value, dict) else value:
        if isinstance(child, dict) and "schema" in child and "examples" in child:
            yield child
        elif isinstance(child, dict | list):
            yield from media_types(child)


def test_every_example_is_lawful_where_it_stands() -> None:
    """Each example is used, and matches the schema next to it."""
    used = set()
    for media_type in media_types(CONTRACT["paths"]):
        for reference in media_type["examples"].values():
            name = reference["$ref"].rsplit("/", 1)[-1]
            schema = media_type["schema"]["$ref"].rsplit("/", 1)[-1]
            assert errors(schema, CONTRACT["components"]["examples"][name]["value"]) == [], name
            used.add(name)
    assert used == set(CONTRACT["components"]["examples"])


def test_the_first_example_is_the_guides_request() -> None:
    """Who copies the example sends what the guide sends."""
    assert CONTRACT["components"]["examples"]["PatientOrderRequest"]["value"] == NEW_ORDER
