"""Folders that options name: several processes check them at the same time, and change nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.filesystem import writable

if TYPE_CHECKING:
    from pathlib import Path

CHECKS = 2000


def test_a_folder_may_be_checked_many_times_at_once(tmp_path: Path) -> None:
    """No worker of a run finds the folder of the whole run unwritable."""
    folder = tmp_path / "new" / "reports"
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: writable(folder, "--reports"), range(CHECKS)))
    assert found == {folder}
    assert not list(folder.iterdir())


def test_a_file_in_place_of_a_folder_is_reported_in_one_line(tmp_path: Path) -> None:
    """The line names the option, the value and the fix."""
    (tmp_path / "reports").touch()
    with pytest.raises(UsageProblem, match=r"^--reports .*/reports: .* name another folder$"):
        writable(tmp_path / "reports", "--reports")
