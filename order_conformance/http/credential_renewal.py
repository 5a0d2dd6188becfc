"""Credentials that expire in the middle of a run: noticed, fetched again, and told to others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from order_conformance.core.outcomes import CantTell, UsageProblem
from order_conformance.core.statuses import LET_NOBODY_IN, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from order_conformance.http.exchange import Request, Response
    from order_conformance.target.model import Target

MOST_RENEWALS = 50


class CredentialRenewal:
    """The target with the credentials of now.

    A refusal may be about the request, or about credentials that no longer open anything: the
    list tells, as they opened it before. Only then do the commands run again.
    """

    def __init__(self, target: Target) -> None:
        """Start with the credentials that the commands printed at first."""
        self.target = target
        self.learners: list[Callable[[Target], None]] = []
        self._opened = False
        self._times = 0
        self._one_at_a_time = asyncio.Lock()

    def may_be_expiry(self, request: Request, response: Response) -> bool:
        """Look at an answer: could a command mend it?"""
        if request.with_key and response.status in SUCCESS:
            self._opened = True
        # Without a key, a gateway's own refusal would pass for the server's.
        shows_credentials = request.with_key or bool(self.target.headers)
        refused = response.status in LET_NOBODY_IN and shows_credentials
        return refused and self._opened and self.target.is_renewable

    async def has_renewed(
        self, used: Target, status_of_list: Callable[[], Awaitable[int]], time_left: float
    ) -> bool:
        """Renew what has expired; False if nothing has.

        Args:
            used: the target as it was when the refused request was sent.
            status_of_list: asks for the list with the credentials of now.
            time_left: seconds that the commands may take.

        Raises:
            CantTell: the credentials have expired, and the commands bring no better ones.
        """
        async with self._one_at_a_time:
            if self.target is not used:
                return True
            status = await status_of_list()
            if status not in LET_NOBODY_IN:
                return False
            expired = f"the key has expired ({status} to the list, which it opened before)"
            if self._times == MOST_RENEWALS:
                raise CantTell(f"{expired}, for the {MOST_RENEWALS + 1}st time; that is too often")
            self._times += 1
            try:
                renewed = await used.renewed(time_left)
            except UsageProblem as problem:
                raise CantTell(f"{expired}, and cannot be had again: {problem}") from None
            if renewed == used:
                raise CantTell(f"{expired}, and its command printed the same again")
            self.target = renewed
            for learner in self.learners:
                learner(renewed)
            status = await status_of_list()
            if status in LET_NOBODY_IN:
                raise CantTell(f"{expired}, and a new one is not let in either ({status})")
            return True
