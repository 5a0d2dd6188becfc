"""The options of a run, and how a target is made of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from order_conformance.editions import Edition, read_edition
from order_conformance.inputs import read_inputs
from order_conformance.nonces import check_nonce, seed_of
from order_conformance.outcomes import UsageProblem
from order_conformance.profiles import PROFILES, Profile
from order_conformance.redaction import TELLING_LENGTH
from order_conformance.target import DEFAULT_KEY_VARIABLE, Target, build_target, read_target_file

if TYPE_CHECKING:
    import pytest

LARGEST_SEED = 2**32 - 1
GIVEN_BY_A_RECORDING = (
    "--base-url",
    "--target",
    "--seed",
    "--nonce",
    "--profile",
    "--api-key-env",
    "--read-only",
    "--allow-writes",
)


@dataclass(frozen=True)
class Options:
    """What the command line asks for; ``target`` is None for the embedded server.

    ``token`` tells the run from others of the same seed; ``replay`` is the folder of a recorded
    run that is judged again.
    """

    target: Target | None
    profile: Profile
    strict: bool
    reports: Path
    seed: int
    results_only: bool = False
    token: str = field(default_factory=lambda: secrets.token_hex(4))
    replay: Path | None = None
    edition: Edition | None = None
    nonce: str | None = None


def add_options(parser: pytest.Parser) -> None:
    """Declare the options (pytest's ``pytest_addoption``)."""
    group = parser.getgroup("order-conformance", "judging an Order API server")
    group.addoption("--base-url", metavar="URL", help="server to judge (default: embedded)")
    group.addoption("--target", metavar="FILE", help="TOML file that describes the server")
    group.addoption("--profile", metavar="NAME", help="smoke, gate (default) or certify")
    group.addoption("--read-only", action="store_true", help="send nothing but GET")
    group.addoption("--allow-writes", action="store_true", help="create orders on a remote host")
    group.addoption("--reports", metavar="DIR", default="reports", help="where results go")
    group.addoption(
        "--results-only",
        action="store_true",
        help="leave out the reports that `order-conformance report` can make later",
    )
    group.addoption(
        "--set", metavar="NAME", help="judge a published set of requirements, and nothing else"
    )
    group.addoption(
        "--nonce", metavar="TEXT", help="a word that decides the seed, for certificates"
    )
    group.addoption(
        "--replay", metavar="DIR", help="judge a finished run again from the folder it left"
    )
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
    for option in ("--base-url", "--target", "--api-key-env", "--reports", "--replay", "--set"):
        if config.getoption(option) == "":
            raise UsageProblem(f"{option} '': is empty; give a value, or leave the option out")
    if config.getoption("--replay"):
        return _read_replay(config)
    edition = _read_set(config.getoption("--set"))
    profile = config.getoption("--profile") or (edition.profile if edition else "gate")
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
    if edition is not None:
        _check_edition(edition, profile, target)
    return Options(
        target=target,
        profile=PROFILES[profile],
        # pytest has the option already, for strictness of its own; ours goes with it.
        strict=bool(config.getini("strict")),
        reports=_check_folder(Path(config.getoption("--reports"))),
        results_only=config.getoption("--results-only"),
        seed=_seed_of(config),
        edition=edition,
        nonce=config.getoption("--nonce"),
    )


def _read_replay(config: pytest.Config) -> Options:
    """Take everything from the recorded run."""
    for option in GIVEN_BY_A_RECORDING:
        if config.getoption(option):
            raise UsageProblem(f"{option}: the recorded run decides that; leave the option out")
    folder = Path(config.getoption("--replay"))
    reports = _check_folder(Path(config.getoption("--reports")))
    if folder.resolve() == reports.resolve():
        raise UsageProblem(f"--reports {reports}: is what is replayed; name another folder")
    inputs = read_inputs(folder)
    return Options(
        target=inputs.target,
        profile=PROFILES[inputs.profile],
        strict=inputs.strict,
        reports=reports,
        seed=inputs.seed,
        results_only=config.getoption("--results-only"),
        token=inputs.token,
        replay=folder,
        # Given only where the set is a draft, which has a file instead of a name.
        edition=_read_set(config.getoption("--set") or inputs.edition),
        nonce=inputs.nonce,
    )


def _read_set(name: str | None) -> Edition | None:
    return read_edition(name) if name else None


def _check_edition(edition: Edition, profile: str, target: Target | None) -> None:
    """Refuse what would leave out a part of what the set stands for."""
    if profile != edition.profile:
        raise UsageProblem(
            f"--profile {profile}: the set {edition.name} is judged with {edition.profile}; "
            "leave the option out"
        )
    if target is not None and target.read_only:
        raise UsageProblem(
            f"--set {edition.name}: needs to create orders; leave out read_only and --read-only"
        )
    if target is not None and 0 < len(target.api_key or "") < TELLING_LENGTH:
        raise UsageProblem(
            f"--set {edition.name}: the API key is shorter than {TELLING_LENGTH} characters; "
            "masking it would blur the evidence, so give the suite a longer one"
        )


def _seed_of(config: pytest.Config) -> int:
    nonce = config.getoption("--nonce")
    if nonce is None:
        return _read_seed(config.getoption("--seed"))
    if config.getoption("--seed"):
        raise UsageProblem("--seed: follows from --nonce; leave one of them out")
    return seed_of(check_nonce(nonce))


def _read_seed(text: str | None) -> int:
    if text is None:
        return secrets.randbelow(LARGEST_SEED)
    if not (text.isascii() and text.isdecimal() and int(text[:12]) <= LARGEST_SEED):
        raise UsageProblem(f"--seed {text!r}: give a whole number from 0 to {LARGEST_SEED}")
    return int(text)


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
