"""The options of a run, and how a target is made of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from order_conformance.outcomes import UsageProblem
from order_conformance.profiles import PROFILES, Profile
from order_conformance.sharding import Shard
from order_conformance.target import DEFAULT_KEY_VARIABLE, Target, build_target, read_target_file

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
    group.addoption("--profile", metavar="NAME", default="gate", help="smoke, gate or certify")
    group.addoption("--read-only", action="store_true", help="send nothing but GET")
    group.addoption("--allow-writes", action="store_true", help="create orders on a remote host")
    group.addoption("--reports", metavar="DIR", default="reports", help="where results go")
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
    profile = config.getoption("--profile")
    if profile not in PROFILES:
        raise UsageProblem(f"--profile {profile!r}: unknown; choose one of {', '.join(PROFILES)}")
    base_url, file_name = config.getoption("--base-url"), config.getoption("--target")
    file = read_target_file(Path(file_name)) if file_name else {}
    if file_name and not base_url and "base_url" not in file:
        raise UsageProblem(f"--target {file_name}: names no base_url; add it, or give --base-url")
    target = None
    if base_url is not None or file_name:
        target = build_target(
            base_url=base_url,
            file=file,
            key_variable=config.getoption("--api-key-env"),
            read_only=config.getoption("--read-only"),
            allow_writes=config.getoption("--allow-writes"),
        )
    elif config.getoption("--api-key-env"):
        raise UsageProblem(
            "--api-key-env: the embedded server makes its own key; give --base-url as well"
        )
    return Options(
        target=target,
        profile=PROFILES[profile],
        # pytest has the option already, for strictness of its own; ours goes with it.
        strict=bool(config.getini("strict")),
        reports=_check_folder(Path(config.getoption("--reports"))),
        results_only=config.getoption("--results-only"),
        seed=_read_seed(config.getoption("--seed")),
        shard=_read_shard(config.getoption("--shard"), config.getoption("--seed")),
    )


def _read_seed(text: str | None) -> int:
    if text is None:
        return secrets.randbelow(LARGEST_SEED)
    if not (text.isascii() and text.isdecimal() and int(text[:12]) <= LARGEST_SEED):
        raise UsageProblem(f"--seed {text!r}: give a whole number from 0 to {LARGEST_SEED}")
    return int(text)


def _read_shard(text: str | None, seed: str | None) -> Shard | None:
    if text is None:
        return None
    if seed is None:
        raise UsageProblem(f"--shard {text}: give --seed as well, the same for every shard")
    return Shard.parse(text)


def _check_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        raise UsageProblem(
            f"--reports {folder}: cannot be written ({problem.strerror}); name another folder"
        ) from None
    return folder
