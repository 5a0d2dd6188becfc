"""The options of a run, in one table: names, variables, what they exclude, and their help.

The command line, the environment variables, the checks and ``docs/options.md`` all follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "ORDER_CONFORMANCE_"
"""What the name of every environment variable of the suite begins with."""


@dataclass(frozen=True)
class Option:
    """An option of a run.

    Attributes:
        name: the option as it is written on the command line.
        metavar: what stands for the value in the help; empty for a flag.
        help: what the option does.
        has_variable: whether an environment variable can set it.
        target_key: the key of the target file that it overrides; the variable belongs to the key.
        not_with: the options that exclude this one, each with the reason. ``--profile certify``
            excludes it with that value only.
        needs: the options that must be given with it, each with a hint.
        declared_by: the program that declares the option, if it is not our pytest plugin.
    """

    name: str
    metavar: str
    help: str
    has_variable: bool = False
    target_key: str = ""
    not_with: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    declared_by: str = ""

    @property
    def is_flag(self) -> bool:
        """Whether the option takes no value."""
        return not self.metavar

    @property
    def usage(self) -> str:
        """The option with the name of its value, such as ``--seed N``."""
        return f"{self.name} {self.metavar}".rstrip()

    @property
    def variable(self) -> str:
        """The environment variable that sets the option; empty if there is none."""
        if not self.has_variable:
            return ""
        key = self.target_key.replace(".", "_") or self.name.strip("-").replace("-", "_")
        return PREFIX + key.upper()


RECORDED = {"--replay": "the recorded run determines it"}
EACH_TARGET = {"--targets": "it cannot apply to every target"}
WHOLE_SET = {"--set": "a requirement set is tested as a whole"}

OPTIONS = (
    Option(
        "--base-url",
        "URL",
        "base URL of the server to test (default: the embedded reference server)",
        has_variable=True,
        target_key="base_url",
        not_with=RECORDED | EACH_TARGET,
    ),
    Option(
        "--target",
        "FILE",
        "TOML file that describes the server",
        has_variable=True,
        not_with=RECORDED | EACH_TARGET,
    ),
    Option(
        "--profile",
        "NAME",
        "how thoroughly to test: smoke, gate (default) or certify",
        has_variable=True,
        not_with=RECORDED,
    ),
    Option(
        "--strict",
        "",
        "treat failed SHOULD requirements as failures",
        has_variable=True,
        declared_by="pytest",
    ),
    Option(
        "--read-only",
        "",
        "send GET requests only",
        has_variable=True,
        target_key="read_only",
        not_with=RECORDED,
    ),
    Option(
        "--allow-writes",
        "",
        "allow creating orders on a remote server",
        has_variable=True,
        target_key="allow_writes",
        not_with=RECORDED,
    ),
    Option("--reports", "DIR", "output directory (default: reports)", has_variable=True),
    Option(
        "--results-only",
        "",
        "write only the raw results; `order-conformance report` makes the reports later",
        has_variable=True,
    ),
    Option(
        "--waivers",
        "FILE",
        "file of known failures to ignore until they expire",
        not_with=RECORDED | WHOLE_SET | {"--profile certify": "certification waives nothing"},
    ),
    Option("--set", "NAME", "test only the requirements of a published requirement set"),
    Option(
        "--nonce",
        "TEXT",
        "nonce from which the seed is derived (for certification)",
        not_with=RECORDED,
    ),
    Option(
        "--replay",
        "DIR",
        "re-evaluate a finished run from its output directory",
        not_with=EACH_TARGET,
    ),
    Option(
        "--shard",
        "K/N",
        "run only the K-th of N parts; `order-conformance merge` joins them",
        not_with=RECORDED | EACH_TARGET | WHOLE_SET | {"-n": "each worker runs a shard of its own"},
        needs={"--seed": "the same number for every shard"},
    ),
    Option(
        "--seed",
        "N",
        "random seed; the same seed produces the same requests",
        has_variable=True,
        not_with=RECORDED | {"--nonce": "the nonce determines the seed"},
    ),
    Option(
        "--examples",
        "DIR",
        "directory in which failing inputs are saved and retried first in later runs",
        not_with=RECORDED
        | EACH_TARGET
        | {
            "--set": "the result must not depend on earlier runs",
            "--nonce": "the result must not depend on earlier runs",
        },
    ),
    Option(
        "--api-key-env",
        "NAME",
        "environment variable that holds the API key (default: ORDER_API_KEY)",
        has_variable=True,
        target_key="api_key.env",
        not_with=RECORDED | EACH_TARGET,
    ),
    Option("-n", "N", "run N shards in parallel", declared_by="pytest-xdist"),
    Option(
        "--targets",
        "DIR",
        "test every server that a target file in DIR describes, and compare them",
        declared_by="order-conformance run",
    ),
    Option(
        "--at-once",
        "N",
        "how many targets to test at the same time (default: 4)",
        needs={"--targets": "a directory of target files"},
        declared_by="order-conformance run",
    ),
)
"""Every option that the documentation names, in the order in which the help lists them."""

OUR_OPTIONS = tuple(option for option in OPTIONS if not option.declared_by)
"""The options that the pytest plugin declares."""

RUN_VARIABLES = tuple(o.variable for o in OPTIONS if o.has_variable and not o.target_key)
"""The variables that set an option of the run; the others set a key of the target file."""
