"""The table of options: each is declared, read and checked as its row says."""

from __future__ import annotations

from typing import Any

import pytest

from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.option_table import OPTIONS, OUR_OPTIONS, PREFIX, Option
from order_conformance.pytest_plugin.command_line import declare_options
from order_conformance.session.option_values import OptionValues
from order_conformance.target.settings import variables_of_the_target
from selftest.support.engine_parts import ROOT, pytest_in

BY_NAME = {option.name: option for option in OPTIONS}
CONFLICTS = [(option.name, other) for option in OPTIONS for other in option.not_with]
NEEDS = [(option.name, other) for option in OPTIONS for other in option.needs]
OF_THE_RUN = [option for option in OPTIONS if option.variable and not option.target_key]


def given(*options: str) -> dict[str, Any]:
    """Return options with a value each, or with the one after the name."""
    values = {}
    for option in options:
        name, _, value = option.partition(" ")
        values[name] = value or (True if BY_NAME[name].is_flag else "x")
    return values


@pytest.mark.parametrize(("option", "other"), CONFLICTS)
def test_options_that_exclude_each_other_are_refused(option: str, other: str) -> None:
    """One line that names both, the value and the fix."""
    with pytest.raises(UsageProblem) as problem:
        OptionValues(given(*BY_NAME[option].needs, option, other), {}).check_combinations()
    line = str(problem.value)
    assert line.startswith(option)
    assert f"cannot be combined with {other} (" in line
    assert "leave one of them out" in line


@pytest.mark.parametrize(("option", "other"), NEEDS)
def test_an_option_that_lacks_another_is_refused(option: str, other: str) -> None:
    """Until the other one is given."""
    with pytest.raises(UsageProblem, match=f"{option} x: needs {other}"):
        OptionValues(given(option), {}).check_combinations()
    OptionValues(given(option, other), {}).check_combinations()


def test_a_need_can_be_met_by_a_variable() -> None:
    """The seed of all shards may come from the environment."""
    OptionValues(given("--shard"), {PREFIX + "SEED": "7"}).check_combinations()


def test_an_option_overrides_the_variable_of_one_that_it_excludes() -> None:
    """A variable is a default for many runs."""
    OptionValues(given("--nonce"), {PREFIX + "SEED": "7"}).check_combinations()
    with pytest.raises(UsageProblem, match="--waivers x: cannot be combined with --profile cert"):
        OptionValues(given("--waivers"), {PREFIX + "PROFILE": "certify"}).check_combinations()
    OptionValues(given("--waivers", "--profile gate"), {}).check_combinations()


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_an_empty_value_is_refused(option: Option) -> None:
    """On the command line, and in the variable of an option of the run."""
    with pytest.raises(UsageProblem, match=f"^{option.name} '': is empty"):
        OptionValues({option.name: ""}, {})
    if option in OF_THE_RUN:
        with pytest.raises(UsageProblem, match=f"^{option.variable} '': is empty"):
            OptionValues({}, {option.variable: " "})


@pytest.mark.parametrize("option", OF_THE_RUN, ids=lambda option: option.name)
def test_a_variable_sets_its_option_and_the_command_line_overrides_it(option: Option) -> None:
    """A message calls the value by the name of what set it."""
    text = "true" if option.is_flag else "one"
    values = OptionValues({}, {option.variable: text})
    assert values.value(option.name) == (True if option.is_flag else "one")
    assert values.source(option.name) == option.variable
    values = OptionValues({option.name: "two"}, {option.variable: text})
    assert (values.value(option.name), values.source(option.name)) == ("two", option.name)
    if option.is_flag:
        assert OptionValues({}, {option.variable: "false"}).value(option.name) is None


def test_an_option_that_was_not_given_has_the_default() -> None:
    """Neither None nor False counts as given."""
    values = OptionValues({"--seed": None, "--read-only": False, "-n": 0}, {})
    assert [values.value(name, "default") for name in BY_NAME] == ["default"] * len(BY_NAME)
    assert values.source("--seed") == "--seed"


def test_the_variables_of_target_keys_are_those_of_the_target_file() -> None:
    """The table and the schema agree on them."""
    places = {variable: ".".join(place) for variable, place in variables_of_the_target().items()}
    keys = {option.variable: option.target_key for option in OPTIONS if option.target_key}
    assert keys == {variable: places[variable] for variable in keys}


class Group:
    """Records what is declared, as pytest's parser and its group of options would."""

    def __init__(self) -> None:
        """Nothing is declared."""
        self.declared: list[tuple[str, str]] = []

    def getgroup(self, *_: str) -> Group:
        """Return the group of options."""
        return self

    def addoption(self, name: str, **how: Any) -> None:
        """Declare an option."""
        self.declared.append((name, how["help"]))


def test_every_option_of_the_suite_is_declared() -> None:
    """With the help of its row."""
    group = Group()
    declare_options(group)  # type: ignore[arg-type]
    assert group.declared == [(option.name, option.help) for option in OUR_OPTIONS]


def test_pytest_lists_the_options_in_a_group_of_their_own() -> None:
    """`pytest --help` shows what each does."""
    shown = pytest_in(ROOT, "--help").stdout
    listed = shown.partition("Order API conformance:\n")[2].partition("\n\n")[0]
    words = " ".join(listed.split())
    for option in OUR_OPTIONS:
        assert option.usage.replace(" ", "=") in words, option
        assert option.help in words, option
