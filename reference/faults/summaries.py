"""Bugs in the entries of some pages of the list: incomplete, or of another order."""

# Methods are documented in reference/server/; a deviation need not use every argument.
# ruff: noqa: D102

from dataclasses import replace

from reference.deviations import Deviation, fault
from reference.model import JsonObject
from reference.server.listing import Page


@fault("later-pages-short", breaks=["LIST-13"], level="MUST", category="listing")
class LaterPagesShort(Deviation):
    """Loads lines only with the first page; on later pages the session is closed."""

    def render_page(self, page: Page) -> JsonObject:
        shown = super().render_page(page)
        if page.page != self.first_page:
            shown["content"] = [
                {**entry, "orderItems": None, "orderKits": None} for entry in shown["content"]
            ]
        return shown


@fault("small-pages-short", breaks=["LIST-13"], level="MUST", category="listing")
class SmallPagesShort(Deviation):
    """Treats a request for one or two orders as the start page, and shows summaries."""

    def render_page(self, page: Page) -> JsonObject:
        shown = super().render_page(page)
        if page.size <= 2:
            shown["content"] = [{**entry, "externalOrderIds": []} for entry in shown["content"]]
        return shown


@fault("later-pages-show-one-patient", breaks=["ATOM-03"], level="MUST", category="listing")
class LaterPagesShowOnePatient(Deviation):
    """Shows the patient of a page's first row in all its orders, on later pages."""

    def make_page(self, page: int, size: int) -> Page:
        made = super().make_page(page, size)
        patients = [order.wanted.patient for order in made.orders if order.wanted.patient]
        if page == self.first_page or not patients:
            return made
        return replace(
            made,
            orders=tuple(
                replace(order, wanted=replace(order.wanted, patient=patients[0]))
                if order.wanted.patient
                else order
                for order in made.orders
            ),
        )
