"""Orders that a walk loses: other walks met them, or they are between orders of ours (LIST-07)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from order_conformance.core.text import Phrase
from order_conformance.orders.order_list import place_of_new
from order_conformance.orders.page_walks import RuleViolation, Walk, goes_wrong_again
from tests.checks.page_rules import PageRule, expects, repeats_no_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.placed import PlacedOrder


@expects(repeats_no_order.expected)
def loses_no_order(walk: Walk, walks: Sequence[Walk]) -> RuleViolation | None:
    """LIST-07: a walk over the whole list meets every order that another one met.

    Walks are compared only where the list held nothing else meanwhile.
    """
    total = walk.pages[0].total
    still = [w for w in walks if w.is_whole and w.was_still and w.pages[0].total == total]
    held = _met_by(still)
    if walk not in still or len(held) > total:
        return None
    lost = min(held - walk.met, key=str, default=None)
    what = Phrase("never met order {}, which walks with other sizes did", lost)
    return None if lost is None else _missing(walk, lost, what)


@expects(repeats_no_order.expected)
def skips_none_of_our_orders(walk: Walk, created: Sequence[int]) -> RuleViolation | None:
    """LIST-07: a walk that meets an older and a newer order of ours meets those in between."""
    shown = [order_id for page in walk.pages for order_id in dict.fromkeys(page.ids)]
    totals = [page.total for page in walk.pages]
    is_sorted = place_of_new(list(dict.fromkeys(shown)), created) != "nowhere"
    # A total that falls is that of a replica that lags behind.
    if not is_sorted or totals != sorted(totals):
        return None
    places = [place for place, i in enumerate(created) if i in walk.met]
    between = created[places[0] : places[-1]] if places else ()
    skipped = next((i for i in between if i not in walk.met), None)
    return None if skipped is None else _missing(walk, skipped, Phrase("skipped order {}", skipped))


def with_losses(listing: OrderList, walks: list[Walk], ours: Sequence[PlacedOrder]) -> list[Walk]:
    """Return walks that were made one right after the other, with what each of them lost.

    A walk that loses an order is repeated at once, before the list changes: only an order that
    is lost each time is lost. Orders that others remove, or move to the front, are not.
    """
    met = _met_by(walks)
    created = [placed.id for placed in ours if placed.id in met]
    if listing.new_orders_at is None:
        created = []
    return [_with_loss(listing, walk, walks, created) for walk in walks]


def _with_loss(listing: OrderList, walk: Walk, walks: list[Walk], created: list[int]) -> Walk:
    lost = loses_no_order(walk, walks)
    if lost is not None and goes_wrong_again(listing, walk, partial(misses, lost.order_id)):
        return _breaking(walk, loses_no_order, lost)
    # An order at the other end of a long list was not skipped at this one.
    others = [it for it in walks if it is not walk and it.asked_size == walk.asked_size]
    elsewhere = _met_by(others)
    within_reach = [i for i in created if i in walk.met or i not in elsewhere]
    skipped = skips_none_of_our_orders(walk, within_reach)

    if skipped is not None and goes_wrong_again(
        listing,
        walk,
        lambda again: _order_of(skips_none_of_our_orders(again, within_reach)) == skipped.order_id,
    ):
        return _breaking(walk, skips_none_of_our_orders, skipped)
    return walk


def misses(order_id: object, walk: Walk) -> bool:
    """Return whether a walk does not meet an order."""
    return order_id not in walk.met


def _met_by(walks: Iterable[Walk]) -> frozenset[object]:
    return frozenset[object]().union(*(walk.met for walk in walks))


def _order_of(violation: RuleViolation | None) -> object:
    return None if violation is None else violation.order_id


def _missing(walk: Walk, order_id: object, what: Phrase) -> RuleViolation:
    whole = Phrase("the walk with size {} {}", walk.asked_size, what)
    return RuleViolation(walk.pages[-1], whole, order_id=order_id)


def _breaking(walk: Walk, rule: PageRule[...], violation: RuleViolation) -> Walk:
    return replace(walk, violations={**walk.violations, rule: violation})
