"""The options of a run, and how a target is made of them."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from order_conformance.core.filesystem import writable
from order_conformance.core.outcomes import UsageProblem
from order_conformance.core.shard import Shard
from order_conformance.recording.inputs import Inputs, read_inputs, recorded_shards
from order_conformance.requirements.catalogue import load_catalogue
from order_conformance.requirements.profiles import PROFILES, Profile
from order_conformance.requirements.requirement_sets import RequirementSet, read_requirement_set
from order_conformance.requirements.waivers import NO_WAIVERS, Waivers, read_waivers
from order_conformance.session.nonces import check_nonce, seed_of
from order_conformance.target.credentials import DEFAULT_KEY_VARIABLE
from order_conformance.target.model import Target, build_target
from order_conformance.target.settings import PREFIX, read_boolean, read_settings, read_target_file

if TYPE_CHECKING:
    import pytest


LARGEST_SEED = 2**32 - 1
GIVEN_BY_A_RECORDING = (
    "--base-url",
    "--target",
    "--seed",
    "--nonce",
    "--profile",
    "--shard",
    "--examples",
    "--waivers",
    "--api-key-env",
    "--read-only",
    "--allow-writes",
)


@dataclass(frozen=True)
class Options:
    """What the command line asks for; ``target`` is None for the embedded server.

    ``token`` tells the run from others of the same seed; ``replay`` is the folder of a recorded
    run that is judged again, in the shards in which it was recorded.
    """

    target: Target | None
    profile: Profile
    strict: bool
    reports: Path
    seed: int
    results_only: bool = False
    shard: Shard | None = None
    token: str = field(default_factory=lambda: secrets.token_hex(4))
    replay: Path | None = None
    replayed_shards: tuple[Shard, ...] = ()
    replays_embedded: bool = False
    edition: RequirementSet | None = None
    nonce: str | None = None
    waivers: Waivers = NO_WAIVERS
    examples: Path | None = None

    @property
    def header(self) -> str:
        """What is judged, and how to repeat the run."""
        target = self.target.base_url if self.target else "embedded reference server"
        return f"target: {target}, profile: {self.profile.name}, seed: {self.seed}"

    def inputs(self, target: Target, *, embedded: bool) -> Inputs:
        """Return what is recorded of a run with these options."""
        return Inputs(
            profile=self.profile.name,
            seed=self.seed,
            strict=self.strict,
            token=self.token,
            target=target,
            edition=self.edition.name if self.edition else None,
            edition_digest=self.edition.digest if self.edition else "",
            nonce=self.nonce,
            embedded=embedded,
            shard=self.shard,
            tries_saved=self.examples is not None,
        )

    def as_recorded(self, inputs: Inputs) -> Options:
        """Return the options of a replay with what is recorded of the run, or of one shard."""
        return replace(
            self,
            target=inputs.target,
            token=inputs.token,
            replays_embedded=inputs.embedded,
            nonce=inputs.nonce,
        )


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
    group.addoption("--waivers", metavar="FILE", help="failures that a gate passes over for a time")
    group.addoption(
        "--set", metavar="NAME", help="judge a published set of requirements, and nothing else"
    )
    group.addoption(
        "--nonce", metavar="TEXT", help="a word that decides the seed, for certificates"
    )
    group.addoption(
        "--replay", metavar="DIR", help="judge a finished run again from the folder it left"
    )
    group.addoption("--shard", metavar="K/N", help="run the K-th of N parts (see merge)")
    group.addoption("--seed", metavar="N", help="repeat a run: same seed, same requests")
    group.addoption(
        "--examples", metavar="DIR", help="keep inputs that fail, and try them first in later runs"
    )
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
    for option in (
        "--base-url",
        "--target",
        "--api-key-env",
        "--reports",
        "--replay",
        "--set",
        "--examples",
        "--waivers",
    ):
        if config.getoption(option) == "":
            raise UsageProblem(f"{option} '': is empty; give a value, or leave the option out")
    if config.getoption("--replay"):
        return _read_replay(config)
    edition = _read_set(config.getoption("--set"))
    profile, named = _given(config, "--profile", edition.profile if edition else "gate")
    if profile not in PROFILES:
        raise UsageProblem(f"{named} {profile!r}: unknown; choose one of {', '.join(PROFILES)}")
    reports, reports_named = _given(config, "--reports", "reports")
    target = _read_target(config)
    if edition is not None:
        shard, waivers = config.getoption("--shard"), config.getoption("--waivers")
        edition.check(profile, target, shard=shard, waivers=waivers)
    return Options(
        target=target,
        profile=PROFILES[profile],
        # pytest has the option already, for strictness of its own; ours goes with it.
        strict=bool(config.getini("strict")) or _is_set("STRICT"),
        reports=writable(Path(reports), reports_named),
        results_only=config.getoption("--results-only") or _is_set("RESULTS_ONLY"),
        seed=_seed_of(config),
        shard=_read_shard(config.getoption("--shard"), _given(config, "--seed", None)[0]),
        edition=edition,
        nonce=config.getoption("--nonce"),
        waivers=_read_waivers(config.getoption("--waivers"), profile),
        examples=_read_examples(config),
    )


def _read_replay(config: pytest.Config) -> Options:
    """Take everything from the recorded run."""
    for option in GIVEN_BY_A_RECORDING:
        if config.getoption(option):
            raise UsageProblem(f"{option}: the recorded run decides that; leave the option out")
    folder = Path(config.getoption("--replay"))
    reports = writable(Path(config.getoption("--reports") or "reports"), "--reports")
    if folder.resolve() == reports.resolve():
        raise UsageProblem(f"--reports {reports}: is what is replayed; name another folder")
    shards = recorded_shards(folder)
    inputs = read_inputs(folder, shards[0] if shards else None)
    # A set is given only where it is a draft, which has a file instead of a name.
    edition = _read_set(config.getoption("--set") or inputs.edition)
    options = Options(
        target=inputs.target,
        profile=PROFILES[inputs.profile],
        strict=inputs.strict,
        reports=reports,
        seed=inputs.seed,
        results_only=config.getoption("--results-only"),
        replay=folder,
        replayed_shards=tuple(shards),
        edition=edition,
        shard=None if shards else inputs.shard,
    )
    return options.as_recorded(inputs)


def _read_waivers(file: str | None, profile: str) -> Waivers:
    if file is None:
        return NO_WAIVERS
    if profile == "certify":
        raise UsageProblem("--waivers: nothing is waived in the profile certify; leave it out")
    return read_waivers(Path(file), load_catalogue())


def _read_examples(config: pytest.Config) -> Path | None:
    folder = config.getoption("--examples")
    if folder is None:
        return None
    for option in ("--set", "--nonce"):
        if config.getoption(option):
            raise UsageProblem(f"--examples: nothing but {option} decides; leave one of them out")
    return writable(Path(folder), "--examples")


def _read_set(name: str | None) -> RequirementSet | None:
    return read_requirement_set(name) if name else None


def _seed_of(config: pytest.Config) -> int:
    nonce = config.getoption("--nonce")
    if nonce is None:
        return _read_seed(*_given(config, "--seed", None))
    if config.getoption("--seed"):
        raise UsageProblem("--seed: follows from --nonce; leave one of them out")
    return seed_of(check_nonce(nonce))


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
