"""Runs of the suite, side by side: each test waits only for the run that it judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from selftest.judging.forks import SEED
from selftest.judging.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selftest.judging.cases import Case
    from selftest.judging.runs import Judged


@pytest.fixture(scope="session")
def judged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Case], Judged]]:
    """Return the run against the server of a case.

    Every run that a selected test asks for is started at once.
    """
    wanted: list[Case] = []
    for item in request.session.items:
        if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
            found = [value for name, value in item.callspec.params.items() if name == "case"]
            wanted += cast("list[Case]", found)
    with Pool(tmp_path_factory.mktemp("judged")) as pool:
        runs = {case: pool.judge(case, SEED) for case in dict.fromkeys(wanted)}
        yield lambda case: runs[case].result()
