"""What others build into their pipelines: the image, the GitHub action, the GitLab job.

No container is built here, and neither GitHub nor GitLab runs: the files are held against what
those may hold, and their scripts are run as they stand.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from selftest.support.lock_files import ROOT, RUN_TIME, WHOLE, read_lock
from selftest.support.suite_runs import reference_server

PROGRAMS = Path(sys.executable).parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / ".ci/gitlab.yml").read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
LONGEST = 120
NOBODY = "http://127.0.0.1:9"


def told(*command: str | Path, text: str = "") -> str:
    """Run a program of the environment; return what it says, empty if it has no complaint."""
    ended = subprocess.run(
        [PROGRAMS / command[0], *command[1:]],
        cwd=ROOT,
        input=text,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return ended.stdout + ended.stderr if ended.returncode else ""


def examples() -> list[str]:
    """Return the workflow and the pipeline of the guide."""
    return re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("github-actions", "action.yml"),
        ("github-workflows", ".github/workflows/ci.yml"),
        ("github-issue-forms", ".github/ISSUE_TEMPLATE/bug.yml"),
        ("github-issue-forms", ".github/ISSUE_TEMPLATE/wrong-judgement.yml"),
        ("gitlab-ci", ".ci/gitlab.yml"),
    ],
)
def test_the_files_are_what_github_and_gitlab_expect(schema: str, file: str) -> None:
    """Validated with the schemas that editors use."""
    assert told("check-jsonschema", "--builtin-schema", f"vendor.{schema}", file) == ""


def test_the_examples_are_what_github_and_gitlab_expect(tmp_path: Path) -> None:
    """Each example of the guide is a whole workflow or pipeline."""
    for schema, example in zip(("github-workflows", "gitlab-ci"), examples(), strict=True):
        file = tmp_path / f"{schema}.yml"
        file.write_text(example, encoding="utf-8")
        assert told("check-jsonschema", "--builtin-schema", f"vendor.{schema}", file) == ""


def test_the_examples_use_what_there_is() -> None:
    """The inputs that they give are the action's; the job that they extend is the template's."""
    workflow, pipeline = map(yaml.safe_load, examples())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    (ours,) = [step for step in steps if "order-conformance@" in step.get("uses", "")]
    assert set(ours["with"]) <= set(ACTION["inputs"])
    extended = {job["extends"] for job in pipeline.values() if "extends" in job}
    assert extended == set(GITLAB)


def test_our_own_workflow_runs_everything_on_each_python() -> None:
    """The versions are those from `requires-python` up to the newest release."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    (job,) = workflow["jobs"].values()
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]


def test_the_containerfile_has_no_flaw() -> None:
    """Read by hadolint; the image runs as nobody special and keeps its reports in a volume."""
    assert told("hadolint", "Containerfile") == ""
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (.*)$", last, re.MULTILINE) == ["10001"]
    assert re.findall(r"^VOLUME (.*)$", last, re.MULTILINE) == ["/data/reports"]


def test_the_image_is_built_of_all_that_it_needs_and_nothing_else() -> None:
    """What .dockerignore lets through is there, and is what the wheel is made of."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    let_through = {line[1:] for line in lines if line.startswith("!")}
    assert all(any(ROOT.glob(name)) for name in let_through)
    needed = {"order_conformance", "tests", "strategies", "spec", "reference", "conftest.py"}
    assert let_through - needed == {"pyproject.toml", "README.md", "LICENSE", "requirements*.lock"}
    assert needed < let_through


def test_the_run_time_lock_is_a_part_of_the_lock() -> None:
    """Same versions, same hashes; and not what only builds and tests the suite."""
    whole, part = read_lock(WHOLE), read_lock(RUN_TIME)
    assert {"httpx", "pytest", "schemathesis"} < part.keys() < whole.keys()
    for name, locked in part.items():
        same = (locked.version, locked.hashes) == (whole[name].version, whole[name].hashes)
        assert same, f"{name}: run `make requirements-runtime.lock`"
    assert not {"mypy", "ruff", "hatchling", "uv"} & part.keys()


def script_of_the_action() -> str:
    """Return the script of the step that judges."""
    (found,) = [step["run"] for step in ACTION["runs"]["steps"] if step.get("id") == "judge"]
    return str(found)


def test_no_input_becomes_part_of_a_script() -> None:
    """Inputs are variables; shellcheck has nothing to say about what is done with them."""
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert told("shellcheck", "--shell=bash", "-", text=step.get("run", "")) == ""
    for line in GITLAB[".order-conformance"]["script"]:
        assert told("shellcheck", "--shell=sh", "-", text=line) == ""


def run_action(folder: Path, **inputs: str) -> tuple[int, str, str]:
    """Run the action's script as GitHub does; return exit code, output and what it handed on."""
    program = folder / "order-conformance" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    handed_on = folder / "handed-on"
    names = {name.replace("-", "_").upper(): row for name, row in ACTION["inputs"].items()}
    given = {name: inputs.get(name, row.get("default", "")) for name, row in names.items()}
    places = {"RUNNER_TEMP": folder, "GITHUB_ACTION_PATH": ROOT, "GITHUB_OUTPUT": handed_on}
    ended = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script_of_the_action()],
        cwd=folder,
        env={**os.environ, **given, **{name: str(place) for name, place in places.items()}},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr, handed_on.read_text(encoding="utf-8")


def test_the_action_ends_as_the_run_does(tmp_path: Path) -> None:
    """A failure is judged once, and its exit code is the action's; no argument is a command."""
    with reference_server("--fault", "association-both-kept") as base_url:
        code, output, handed_on = run_action(
            tmp_path, BASE_URL=base_url, ARGUMENTS="-q\n-k\nassociation\n-W\nignore:$(touch owned)"
        )
    assert (code, handed_on) == (1, "exit-code=1\n"), output
    assert output.count("NON-CONFORMANT") == 1
    assert (tmp_path / "reports" / "report.html").exists()
    assert not (tmp_path / "owned").exists()


def test_the_action_tries_again_when_nothing_could_be_judged(tmp_path: Path) -> None:
    """An outage is worth a second attempt, and no third."""
    code, output, handed_on = run_action(tmp_path, BASE_URL=NOBODY, ARGUMENTS="-q", PROFILE="smoke")
    assert (code, handed_on) == (2, "exit-code=2\n"), output
    assert output.count("INCONCLUSIVE") == 2


def test_neither_judges_a_server_that_nobody_named(tmp_path: Path) -> None:
    """A gate without a target would be green for ever: it judged the embedded server."""
    code, output, handed_on = run_action(tmp_path)
    assert (code, handed_on) == (4, "exit-code=4\n")
    assert "base-url" in output
    first, second = GITLAB[".order-conformance"]["script"]
    ended = subprocess.run(["sh", "-ec", first], capture_output=True, text=True, check=False)
    assert ended.returncode == 4
    assert "ORDER_CONFORMANCE_BASE_URL" in ended.stderr
    assert second == "order-conformance run"


def test_gitlab_repeats_only_what_is_inconclusive() -> None:
    """Exit code 2, and none else."""
    assert GITLAB[".order-conformance"]["retry"] == {"max": 1, "exit_codes": 2}
