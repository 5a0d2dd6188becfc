"""The only part of the suite that pytest loads in other projects: one check, and no options.

pytest looks for its configuration before it knows our options. In ``--reports DIR`` it takes DIR,
if it exists, for a path to test, and may then miss the suite's configuration and options.
Options are not declared here, because names such as ``--base-url`` belong to other plugins there.
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from order_conformance.core.paths import ROOT, TESTS


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Refuse a command line of the suite for which pytest missed the suite's configuration."""
    has_named_another = early_config.known_args_namespace.inifilename is not None
    if has_named_another or early_config.inipath == ROOT / "pyproject.toml":
        return
    folder = early_config.invocation_params.dir
    paths = [folder, *(folder / argument.partition("::")[0] for argument in args)]
    if not (folder.is_relative_to(ROOT) or any(path.is_relative_to(TESTS) for path in paths)):
        return
    from order_conformance.core.option_table import OUR_OPTIONS  # noqa: PLC0415 - for us only

    with_value = {option.name for option in OUR_OPTIONS if not option.is_flag}
    for option, value in pairwise(args):
        if option in with_value and (folder / value).exists():
            raise pytest.UsageError(
                f"{option} {value}: pytest takes this for a path to test, and so misses the "
                f"configuration of the suite; write {option}={value}"
            )
