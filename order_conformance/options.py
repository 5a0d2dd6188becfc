"""The options of a run, and how a target is made of them."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from order_conformance.credentials import DEFAULT_KEY_VARIABLE
from order_conformance.outcomes import UsageProblem
from order_conformance.profiles import PROFILES, Profile
from order_conformance.settings import PREFIX, read_boolean, read_settings, read_target_file
from order_conformance.sharding import Shard
from order_conformance.target import Target, build_target

if TYPE_CHECKING:
    import pytest

LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Options:
    """What the command line asks for; ``target`` is None for the embedded server."""

    target: Target | None
    profile: Profile
    strict: bool
    reports: Path
    seed: int
    results_only: bool = False
    shard: Shard | None = None

    @property
    def header(self) -> str:
        """What is judged, and how to repeat the run."""
        target = self.target.base_url if self.target else "embedded reference server"
        return f"target: {target}, profile: {self.profile.name}, seed: {self.seed}"


def add_options(parser: pytest.Parser) -> None:
    """Declare the options (pytest's ``pytest_addoption``)."""
    group = parser.getgroup("order-conformance", "judging an Order API server")
    group.addoption("--base-url", metavar="URL", help="server to judge (default: embedded)")
    group.addoption("--target", metavar="FILE", help="TOML file that describes the server")
    group.addoption("--profile", metavar="NAME", help="smoke, gate (default) or certify")
    group.addoption("--read-only", action="store_true", help="send nothing but GET")
    group.addoption("--allow-writes", action="store_true", help="create orders on a remote host")
    group.addoption("--reports", metavar="DIR", help="where results go (default: reports)")
    group.addoption(
        "--results-only",
        action="store_true",
        help="leave out the reports that `order-conformance report` can make later",
    )
    group.addoption("--shard", metavar="K/N", help="run the K-th of N parts (see merge)")
    group.addoption("--seed", metavar="N", help="repeat a run: same seed, same requests")
    group.addoption(
        "--api-key-env",
        metavar="NAME",
        help=f"environment variable that holds the API key (default: {DEFAULT_KEY_VARIABLE})",
    )


def read_options(config: pytest.Config) -> Options:
    """Read and check every option before anything is sent.

    Raises:
        UsageProblem: an option, the target file or the environment is unusable.
    """
    for option in ("--base-url", "--target", "--api-key-env", "--reports"):
        if config.getoption(option) == "":
            raise UsageProblem(f"{option} '': is empty; give a value, or leave the option out")
    profile, named = _given(config, "--profile", "gate")
    if profile not in PROFILES:
        raise UsageProblem(f"{named} {profile!r}: unknown; choose one of {', '.join(PROFILES)}")
    reports, reports_named = _given(config, "--reports", "reports")
    return Options(
        target=_read_target(config),
        profile=PROFILES[profile],
        # pytest has the option already, for strictness of its own; ours goes with it.
        strict=bool(config.getini("strict")) or _is_set("STRICT"),
        reports=_check_folder(Path(reports), reports_named),
        results_only=config.getoption("--results-only") or _is_set("RESULTS_ONLY"),
        seed=_read_seed(*_given(config, "--seed", None)),
        shard=_read_shard(config.getoption("--shard"), _given(config, "--seed", None)[0]),
    )


def _read_target(config: pytest.Config) -> Target | None:
    """Return the server to judge; None for the embedded one."""
    base_url, key_variable = config.getoption("--base-url"), config.getoption("--api-key-env")
    file_name, named = _given(config, "--target", None)
    file = read_target_file(Path(file_name), named) if file_name else {}
    settings = read_settings(file, os.environ, key_variable)
    if base_url is None and "base_url" not in settings.values:
        if file_name:
            raise UsageProblem(
                f"{named} {file_name}: names no base_url; add it, or give --base-url"
            )
        if key_variable:
            raise UsageProblem(
                "--api-key-env: the embedded server makes its own key; give --base-url as well"
            )
        variable = next(iter(settings.variables.values()), None)
        if variable:
            raise UsageProblem(
                f"{variable}: describes a server, and none is named; set {PREFIX}BASE_URL or give "
                "--base-url, or unset it to judge the embedded server"
            )
        return None
    return build_target(
        base_url=base_url,
        file=file,
        key_variable=key_variable,
        read_only=config.getoption("--read-only"),
        allow_writes=config.getoption("--allow-writes"),
    )


def _given(config: pytest.Config, option: str, default: str | None) -> tuple[Any, str]:
    """Return an option's value, and how to call it: the command line wins over a variable.

    Raises:
        UsageProblem: the variable is set, and empty.
    """
    value, variable = config.getoption(option), _variable(option)
    if value is not None or variable not in os.environ:
        return (default if value is None else value), option
    if not os.environ[variable].strip():
        raise UsageProblem(f"{variable} '': is empty; give a value, or unset it")
    return os.environ[variable], variable


def _is_set(name: str) -> bool:
    variable = PREFIX + name
    return variable in os.environ and read_boolean(variable, os.environ[variable])


def _variable(option: str) -> str:
    return PREFIX + option.strip("-").replace("-", "_").upper()


def _read_seed(text: str | None, named: str) -> int:
    if text is None:
        return secrets.randbelow(LARGEST_SEED)
    if not (text.isascii() and text.isdecimal() and int(text[:12]) <= LARGEST_SEED):
        raise UsageProblem(f"{named} {text!r}: give a whole number from 0 to {LARGEST_SEED}")
    return int(text)


def _read_shard(text: str | None, seed: str | None) -> Shard | None:
    if text is None:
        return None
    if seed is None:
        raise UsageProblem(f"--shard {text}: give --seed as well, the same for every shard")
    return Shard.parse(text)


def _check_folder(folder: Path, named: str) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        raise UsageProblem(
            f"{named} {folder}: cannot be written ({problem.strerror}); name another folder"
        ) from None
    return folder
