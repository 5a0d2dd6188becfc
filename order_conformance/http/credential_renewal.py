"""Credentials that expire during a run: noticed, fetched again, and passed on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.outcomes import CantTell
from order_conformance.core.statuses import ACCESS_DENIED, SUCCESS
from order_conformance.http.exchange import Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from order_conformance.http.exchange import Request, TransportFailure
    from order_conformance.target.model import Target

MOST_RENEWALS = 50


class CredentialRenewal:
    """Holds the target with its current credentials, and renews them when they have expired.

    A 401 or 403 may be about the request, or about credentials that have expired. The list
    decides: if it is refused too, although it was served before, they have expired. Only then do
    the commands of the target file run again.
    """

    def __init__(self, target: Target) -> None:
        """Start with the credentials that the commands printed at first."""
        self.target = target
        self.learners: list[Callable[[Target], None]] = []
        self._was_let_in = False
        self._renewals = 0
        self._one_at_a_time = asyncio.Lock()

    def may_be_expiry(self, request: Request, outcome: Response | TransportFailure) -> bool:
        """Return whether a command might print credentials with which the request is served."""
        if not isinstance(outcome, Response):
            return False
        if request.with_key and outcome.status in SUCCESS:
            self._was_let_in = True
        # The refusal of a request without any credentials says nothing about them.
        shows_credentials = request.with_key or bool(self.target.headers)
        refused = outcome.status in ACCESS_DENIED and shows_credentials
        return refused and self._was_let_in and self.target.is_renewable

    async def renew(
        self, used: Target, status_of_list: Callable[[], Awaitable[int]], time_left: float
    ) -> bool:
        """Renew the credentials if they have expired; return whether there are new ones.

        Args:
            used: the target as it was when the refused request was sent.
            status_of_list: asks for the list with the current credentials.
            time_left: seconds that the commands may take.

        Raises:
            CantTell: the credentials have expired, and the commands print none that are let in.
        """
        async with self._one_at_a_time:
            if self.target is not used:
                return True
            status = await status_of_list()
            if status not in ACCESS_DENIED:
                return False
            expired = f"the key has expired ({status} to the list, which it opened before)"
            if self._renewals == MOST_RENEWALS:
                raise CantTell(f"{expired}, for the {MOST_RENEWALS + 1}st time; that is too often")
            self._renewals += 1
            try:
                renewed = await used.renewed(time_left)
            except UsageProblem as problem:
                raise CantTell(f"{expired}, and cannot be renewed: {problem}") from None
            if renewed == used:
                raise CantTell(f"{expired}, and its command printed the same value again")
            self.target = renewed
            for learner in self.learners:
                learner(renewed)
            status = await status_of_list()
            if status in ACCESS_DENIED:
                raise CantTell(f"{expired}, and the new one is refused as well ({status})")
            return True
