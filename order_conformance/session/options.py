"""The options of a run, and the target that they describe."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.filesystem import writable
from order_conformance.core.option_table import PREFIX
from order_conformance.core.shard import Shard
from order_conformance.recording.inputs import Inputs, read_inputs, recorded_shards
from order_conformance.requirements.catalogue import load_catalogue
from order_conformance.requirements.profiles import PROFILES, Profile
from order_conformance.requirements.requirement_sets import RequirementSet, read_requirement_set
from order_conformance.requirements.waivers import NO_WAIVERS, Waivers, read_waivers
from order_conformance.session.nonces import check_nonce, seed_of
from order_conformance.session.option_values import OptionValues
from order_conformance.target.model import Target, build_target
from order_conformance.target.settings import read_settings, read_target_file

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_SEED = 2**32 - 1
DEFAULT_PROFILE = "gate"
DEFAULT_REPORTS = "reports"


@dataclass(frozen=True)
class Options:
    """The options of a run, checked and complete.

    Attributes:
        target: the server to test; None for the embedded reference server.
        token: distinguishes the run from others with the same seed.
        replay: the folder of a recorded run to re-evaluate.
        replayed_shards: the shards in which that run was recorded.
        examples: the directory in which failing inputs are saved.
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
    requirement_set: RequirementSet | None = None
    nonce: str | None = None
    waivers: Waivers = NO_WAIVERS
    examples: Path | None = None

    @property
    def header(self) -> str:
        """One line that says what is tested, and how to repeat the run."""
        target = self.target.base_url if self.target else "embedded reference server"
        return f"target: {target}, profile: {self.profile.name}, seed: {self.seed}"

    def inputs(self, target: Target, *, embedded: bool) -> Inputs:
        """Return what is recorded about a run with these options."""
        return Inputs(
            profile=self.profile.name,
            seed=self.seed,
            strict=self.strict,
            token=self.token,
            target=target,
            requirement_set=self.requirement_set.name if self.requirement_set else None,
            requirement_set_digest=self.requirement_set.digest if self.requirement_set else "",
            nonce=self.nonce,
            embedded=embedded,
            shard=self.shard,
            tries_saved=self.examples is not None,
        )

    def as_recorded(self, inputs: Inputs) -> Options:
        """Return the options of a replay with the recorded inputs of the run, or of one shard."""
        return replace(
            self,
            target=inputs.target,
            token=inputs.token,
            replays_embedded=inputs.embedded,
            nonce=inputs.nonce,
        )


def read_options(given: Mapping[str, Any], environ: Mapping[str, str]) -> Options:
    """Return the options of a run, all checked before anything is sent.

    Args:
        given: the options of the command line by their names, such as ``--seed``; None and False
            mean that an option was not given.
        environ: the environment variables.

    Raises:
        UsageProblem: an option, the target file or the environment is invalid.
    """
    values = OptionValues(given, environ)
    values.check_combinations()
    if values.value("--replay"):
        return _read_replay(values)
    requirement_set = _read_set(values.value("--set"))
    profile = values.value(
        "--profile", requirement_set.profile if requirement_set else DEFAULT_PROFILE
    )
    if profile not in PROFILES:
        raise UsageProblem(
            f"{values.source('--profile')} {profile!r}: unknown; choose one of "
            f"{', '.join(PROFILES)}"
        )
    target = _read_target(values, environ)
    if requirement_set is not None:
        requirement_set.check(profile, target)
    return Options(
        target=target,
        profile=PROFILES[profile],
        strict=bool(values.value("--strict")),
        reports=_read_reports(values),
        results_only=bool(values.value("--results-only")),
        seed=_read_seed(values),
        shard=_read_shard(values.value("--shard")),
        requirement_set=requirement_set,
        nonce=values.value("--nonce"),
        waivers=_read_waivers(values.value("--waivers")),
        examples=_read_examples(values.value("--examples")),
    )


def _read_replay(values: OptionValues) -> Options:
    """Return the options of the recorded run."""
    folder = Path(values.value("--replay"))
    reports = _read_reports(values)
    if folder.resolve() == reports.resolve():
        raise UsageProblem(
            f"{values.source('--reports')} {reports}: is the folder to replay; name another one"
        )
    shards = recorded_shards(folder)
    inputs = read_inputs(folder, shards[0] if shards else None)
    options = Options(
        target=inputs.target,
        profile=PROFILES[inputs.profile],
        strict=inputs.strict,
        reports=reports,
        seed=inputs.seed,
        results_only=bool(values.value("--results-only")),
        replay=folder,
        replayed_shards=tuple(shards),
        # --set is given only for a draft, which is found by its file and not by its name.
        requirement_set=_read_set(values.value("--set") or inputs.requirement_set),
        shard=None if shards else inputs.shard,
    )
    return options.as_recorded(inputs)


def _read_reports(values: OptionValues) -> Path:
    folder = Path(values.value("--reports", DEFAULT_REPORTS))
    return writable(folder, values.source("--reports"))


def _read_waivers(file: str | None) -> Waivers:
    return read_waivers(Path(file), load_catalogue()) if file else NO_WAIVERS


def _read_examples(folder: str | None) -> Path | None:
    return writable(Path(folder), "--examples") if folder else None


def _read_set(name: str | None) -> RequirementSet | None:
    return read_requirement_set(name) if name else None


def _read_shard(text: str | None) -> Shard | None:
    return Shard.parse(text) if text else None


def _read_seed(values: OptionValues) -> int:
    """Return the seed: derived from the nonce, or as given, or a random one."""
    nonce, text = values.value("--nonce"), values.value("--seed")
    if nonce is not None:
        return seed_of(check_nonce(nonce))
    if text is None:
        return secrets.randbelow(LARGEST_SEED)
    if not (text.isascii() and text.isdecimal() and int(text[:12]) <= LARGEST_SEED):
        raise UsageProblem(
            f"{values.source('--seed')} {text!r}: give a whole number from 0 to {LARGEST_SEED}"
        )
    return int(text)


def _read_target(values: OptionValues, environ: Mapping[str, str]) -> Target | None:
    """Return the server to test; None for the embedded one."""
    base_url, key_variable = values.value("--base-url"), values.value("--api-key-env")
    file_name, named = values.value("--target"), values.source("--target")
    file = read_target_file(Path(file_name), named) if file_name else {}
    settings = read_settings(file, environ, key_variable)
    if base_url is not None or "base_url" in settings.given:
        return build_target(
            settings,
            environ,
            base_url=base_url,
            key_variable=key_variable,
            read_only=bool(values.value("--read-only")),
            allow_writes=bool(values.value("--allow-writes")),
        )
    if file_name:
        raise UsageProblem(f"{named} {file_name}: has no base_url; add it, or give --base-url")
    if key_variable:
        raise UsageProblem(
            f"--api-key-env {key_variable}: the embedded server makes its own key; "
            "give --base-url as well"
        )
    variable = next(iter(settings.variables.values()), None)
    if variable:
        raise UsageProblem(
            f"{variable}: describes a server, but no server is named; set {PREFIX}BASE_URL or "
            "give --base-url, or unset it to test the embedded server"
        )
    return None
