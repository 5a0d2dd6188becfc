"""The options that a run was given, from the command line and the environment, and what clashes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.option_table import OPTIONS
from order_conformance.target.settings import read_boolean

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class GivenValue:
    """The value of an option, and the name of the option or variable that gave it."""

    value: Any
    source: str


class OptionValues:
    """The options that were given; the command line overrides the environment."""

    def __init__(self, given: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        """Collect the options.

        Args:
            given: the options of the command line by their names; None and False mean not given.
            environ: the environment variables. Those of a target are left to its settings.

        Raises:
            UsageProblem: a value is empty, or a flag's variable is neither true nor false.
        """
        self._values: dict[str, GivenValue] = {}
        for option in OPTIONS:
            value = given.get(option.name)
            if value == "":
                raise UsageProblem(
                    f"{option.name} '': is empty; give a value, or leave the option out"
                )
            # -n 0 means no workers.
            if value:
                self._values[option.name] = GivenValue(value, option.name)
            elif option.variable in environ and not option.target_key:
                text = environ[option.variable]
                if not text.strip():
                    raise UsageProblem(f"{option.variable} '': is empty; give a value, or unset it")
                read = read_boolean(option.variable, text) if option.is_flag else text
                if read:
                    self._values[option.name] = GivenValue(read, option.variable)

    def value(self, name: str, default: Any = None) -> Any:
        """Return the value of an option; the default if it was not given."""
        return self._values[name].value if name in self._values else default

    def source(self, name: str) -> str:
        """Return what messages call an option: the variable that set it, or its name."""
        return self._values[name].source if name in self._values else name

    def check_combinations(self) -> None:
        """Check the options of the command line against what excludes or misses them.

        A variable is a default for many runs, so an option that excludes it just overrides it.

        Raises:
            UsageProblem: two options exclude each other, or one lacks another that it needs.
        """
        for option in OPTIONS:
            if self.source(option.name) != option.name or option.name not in self._values:
                continue
            shown = self._shown(option.name)
            for other, why in option.not_with.items():
                if self._has(other):
                    raise UsageProblem(
                        f"{shown}: cannot be combined with {other} ({why}); leave one of them out"
                    )
            for other, how in option.needs.items():
                if not self._has(other):
                    raise UsageProblem(f"{shown}: needs {other} as well ({how}); add {other}")

    def _has(self, text: str) -> bool:
        """Say whether an option was given, or given with the value after its name."""
        name, _, value = text.partition(" ")
        return name in self._values and value in {"", self._values[name].value}

    def _shown(self, name: str) -> str:
        value = self._values[name].value
        return name if value is True else f"{name} {value}"
