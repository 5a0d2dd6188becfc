"""Folders that options name: looked at by several processes at once, and left as they were."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from order_conformance.core.filesystem import writable
from order_conformance.core.outcomes import UsageProblem

if TYPE_CHECKING:
    from pathlib import Path

LOOKS = 2000


def test_many_may_look_at_a_folder_at_once(tmp_path: Path) -> None:
    """None of the workers of a run takes the folder of the whole for one that cannot be written."""
    folder = tmp_path / "new" / "reports"
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: writable(folder, "--reports"), range(LOOKS)))
    assert found == {folder}
    assert not list(folder.iterdir())


def test_a_file_in_place_of_a_folder_is_told_in_one_line(tmp_path: Path) -> None:
    """The line names the option, the value and the mend."""
    (tmp_path / "reports").touch()
    with pytest.raises(UsageProblem, match=r"^--reports .*/reports: .* name another folder$"):
        writable(tmp_path / "reports", "--reports")
