"""Bugs in the shipping option."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from dataclasses import replace
from typing import Any

from reference.deviations import Deviation, fault
from reference.model import JsonObject, Order, Wanted
from reference.refusal import Problem
from reference.server.core import Crash

_CRASHES = {
    "PROTO-09": "it answers 500 instead of refusing",
    "PROTO-10": "the 500 may be judged as an error",
}


@fault(
    "shipping-option-required",
    breaks=["SHIP-01"],
    level="MUST",
    category="shipping",
    also={"ATOM-01": "orders without the option are refused elsewhere too"},
)
class ShippingOptionRequired(Deviation):
    """Requires a shipping option."""

    def read_order(self, body: JsonObject, problems: list[Problem]) -> Wanted:
        if body.get("shippingOption") is None:
            problems.append(Problem("shippingOption", "is required"))
        return super().read_order(body, problems)


@fault(
    "shipping-option-missing-crashes",
    breaks=["SHIP-01"],
    level="MUST",
    category="shipping",
    also=_CRASHES,
)
class ShippingOptionMissingCrashes(Deviation):
    """Calls a method on the missing shipping option."""

    def read_shipping_option(self, value: Any, problems: list[Problem]) -> str | None:
        if value is None:
            raise Crash("null.toLowerCase()")
        return super().read_shipping_option(value, problems)


@fault("shipping-option-upper-case", breaks=["SHIP-02"], level="MUST", category="shipping")
class ShippingOptionUpperCase(Deviation):
    """Writes the shipping option as the name of an enumeration constant."""

    def make_order(self, wanted: Wanted) -> Order:
        option = wanted.shipping_option
        return super().make_order(replace(wanted, shipping_option=option and option.upper()))


@fault("shipping-option-not-stored", breaks=["SHIP-02"], level="MUST", category="shipping")
class ShippingOptionNotStored(Deviation):
    """Does not copy the shipping option."""

    def make_order(self, wanted: Wanted) -> Order:
        return super().make_order(replace(wanted, shipping_option=None))


@fault(
    "shipping-option-overnight-lost",
    breaks=["SHIP-02"],
    level="MUST",
    category="shipping",
    needs=["shipping-options"],
)
class ShippingOptionOvernightLost(Deviation):
    """Stores `standard` whatever the request says."""

    def make_order(self, wanted: Wanted) -> Order:
        return super().make_order(replace(wanted, shipping_option="standard"))


@fault(
    "shipping-option-unknown-kept",
    breaks=["SHIP-03"],
    level="SHOULD",
    category="shipping",
    needs=["shipping-options"],
)
class ShippingOptionUnknownKept(Deviation):
    """Accepts and keeps any string as the shipping option."""

    def read_shipping_option(self, value: Any, problems: list[Problem]) -> str | None:
        return value if isinstance(value, str) else super().read_shipping_option(value, problems)


@fault(
    "shipping-option-unknown-is-standard",
    breaks=["SHIP-02", "SHIP-03"],
    level="MUST",
    category="shipping",
    needs=["shipping-options"],
)
class ShippingOptionUnknownIsStandard(Deviation):
    """Replaces an unknown shipping option with `standard`."""

    def read_shipping_option(self, value: Any, problems: list[Problem]) -> str | None:
        known = value is None or value in self.shipping_options
        return super().read_shipping_option(value if known else "standard", problems)


@fault(
    "shipping-option-case-folded",
    breaks=["SHIP-03"],
    level="SHOULD",
    category="shipping",
    needs=["shipping-options"],
)
class ShippingOptionCaseFolded(Deviation):
    """Lower-cases the shipping option to look it up, and shows the result."""

    def read_shipping_option(self, value: Any, problems: list[Problem]) -> str | None:
        folded = value.lower() if isinstance(value, str) else value
        return super().read_shipping_option(folded, problems)


@fault(
    "shipping-option-false-is-none",
    breaks=["SHIP-03"],
    level="SHOULD",
    category="shipping",
    needs=["shipping-options"],
)
class ShippingOptionFalseIsNone(Deviation):
    """Tests the shipping option for truthiness: false, zero and "" count as none."""

    def read_shipping_option(self, value: Any, problems: list[Problem]) -> str | None:
        return super().read_shipping_option(value or None, problems)
