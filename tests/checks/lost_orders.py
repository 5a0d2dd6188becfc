"""Orders that a walk over the list loses, told by other walks and by our own orders (LIST-07)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from order_conformance.orders.order_list import place_of_new
from order_conformance.orders.page_walks import RuleViolation, Walk, goes_wrong_again

if TYPE_CHECKING:
    from collections.abc import Sequence

    from order_conformance.orders.order_list import OrderList
    from order_conformance.orders.placed import PlacedOrder


def with_losses(listing: OrderList, walks: list[Walk], ours: Sequence[PlacedOrder]) -> list[Walk]:
    """Return walks made one right after the other, with what each of them lost.

    A walk that loses an order is made again at once, while the list is as it was: only an order
    that is lost each time is lost. What others remove, or move to the front, is not.
    """
    ever = frozenset[object]().union(*(walk.met for walk in walks))
    sequence = [placed.id for placed in ours if placed.id in ever]
    if listing.new_orders_at is None:
        sequence = []
    return [_with_loss(listing, walk, walks, sequence) for walk in walks]


def _with_loss(listing: OrderList, walk: Walk, walks: list[Walk], created: Sequence[int]) -> Walk:
    # What stands at the other end of the list was not passed over at this one.
    others = [it for it in walks if it is not walk and it.asked_size == walk.asked_size]
    elsewhere = frozenset[object]().union(*(other.met for other in others))
    sequence = [i for i in created if i in walk.met or i not in elsewhere]
    lost: object = _lost_by(walk, walks)
    if lost is not None and goes_wrong_again(listing, walk, partial(misses, lost)):
        what = f"never met order {lost}, which walks with other sizes did"
    elif (lost := _skipped_by(sequence, walk)) is not None and goes_wrong_again(
        listing, walk, lambda again: _skipped_by(sequence, again) == lost
    ):
        what = f"skipped order {lost}"
    else:
        return walk
    wrong = RuleViolation(walk.pages[-1], f"the walk with size {walk.asked_size} {what}")
    return replace(walk, wrong={"LIST-07": wrong, **walk.wrong})


def misses(order_id: object, walk: Walk) -> bool:
    """Say whether a walk does not meet an order."""
    return order_id not in walk.met


def _lost_by(walk: Walk, walks: list[Walk]) -> object | None:
    """Return an order that this walk over the whole list did not meet, but another one did."""
    total = walk.pages[0].total
    still = [w for w in walks if w.is_whole and w.was_still and w.pages[0].total == total]
    held = frozenset[object]().union(*(each.met for each in still))
    if walk not in still or len(held) > total:
        return None
    return min(held - walk.met, key=str, default=None)


def _skipped_by(sequence: Sequence[int], walk: Walk) -> int | None:
    """Return the first of our orders that a walk passes over, older and newer ones being met."""
    shown = [order_id for page in walk.pages for order_id in dict.fromkeys(page.ids)]
    totals = [page.total for page in walk.pages]
    is_sorted = place_of_new(list(dict.fromkeys(shown)), sequence) != "nowhere"
    # A total that falls is that of a replica that lags behind.
    if not is_sorted or totals != sorted(totals):
        return None
    places = [place for place, i in enumerate(sequence) if i in walk.met]
    between = sequence[places[0] : places[-1]] if places else ()
    return next((i for i in between if i not in walk.met), None)
