"""Checks a bundle: signed, complete, unchanged, and with the same results when it is replayed."""

from __future__ import annotations

import json
import tempfile
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema

from order_conformance.certification.archive import read_archive
from order_conformance.certification.bundle import (
    ENVELOPE,
    FORMAT,
    LISTED,
    MANIFEST,
    MEMBERS,
    PREDICATE_TYPE,
    REPORTS,
    STATEMENT_TYPE,
    make_statement,
    suite,
    target_digest,
)
from order_conformance.certification.canonical import canonical, digest
from order_conformance.certification.errors import Refused
from order_conformance.certification.replay_check import rejudge
from order_conformance.certification.signing import open_envelope
from order_conformance.core.exit_codes import UsageProblem
from order_conformance.core.paths import SPEC
from order_conformance.recording.evidence import EVIDENCE
from order_conformance.recording.inputs import FILE_NAME as INPUTS
from order_conformance.recording.inputs import read_inputs
from order_conformance.reports.writing import TEXTS
from order_conformance.requirements.requirement_sets import read_requirement_set
from order_conformance.results.document import FILE_NAME as RESULTS
from order_conformance.results.record import read_run
from order_conformance.session.nonces import check_nonce, seed_of

if TYPE_CHECKING:
    from order_conformance.certification.signing import PublicKey
    from order_conformance.requirements.requirement_sets import RequirementSet

NAMES_OF_SUITE = {
    "python": "version of Python",
    "version": "version of the suite",
    "code": "code of the suite",
    "spec": "spec/openapi.yaml",
    "requirements": "spec/requirements.yaml",
}


@dataclass(frozen=True)
class Certificate:
    """A bundle that passed every check."""

    digest: str
    manifest: dict[str, Any]
    statement: dict[str, Any]
    results: dict[str, Any]
    key_id: str


def verify(
    bundle: Path, key: PublicKey, *, nonce: str | None = None, requirement_set: str | None = None
) -> Certificate:
    """Check a bundle, and judge its run again.

    Args:
        bundle: the archive.
        key: the public key of whoever is said to have signed it.
        nonce: the one that it has to have; None for any.
        requirement_set: the set that the bundle must have, or the file of an unpublished one;
            None for any.

    Raises:
        UsageProblem: there is no archive.
        Refused: it is not what it claims to be; the text says why.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        certificate = check(
            bundle, key, folder / "run", nonce=nonce, requirement_set=requirement_set
        )
        rejudge_with = requirement_set or certificate.manifest["set"]["name"]
        rejudge(folder / "run", rejudge_with, folder / "again")
    return certificate


def check(
    bundle: Path,
    key: PublicKey,
    folder: Path,
    *,
    nonce: str | None = None,
    requirement_set: str | None = None,
) -> Certificate:
    """Check all of a bundle that can be checked without judging again; unpack it into a folder.

    Raises:
        UsageProblem: there is no archive.
        Refused: it is not what it claims to be; the text says why.
    """
    members = read_archive(bundle, MEMBERS)
    statement = open_envelope(members[ENVELOPE], key)
    manifest = _read_manifest(members, statement)
    _check_files(members, manifest)
    published = _check_set(manifest, requirement_set)
    _check_suite(manifest)
    results = _read_results(members[RESULTS])
    folder.mkdir()
    for name in LISTED:
        (folder / name).write_bytes(members[name])
    _check_inputs(folder, manifest, results, nonce)
    _check_requirements(results, published)
    if make_statement(manifest, results) != statement:
        raise Refused(f"the statement says something else than {RESULTS}")
    _check_numbers(members[EVIDENCE])
    _check_reports(folder)
    return Certificate(digest(bundle.read_bytes()), manifest, statement, results, key.keyid)


def _read_manifest(members: dict[str, bytes], statement: dict[str, Any]) -> dict[str, Any]:
    if statement.get("_type") != STATEMENT_TYPE:
        raise Refused(f"the signed text is not an in-toto statement ({STATEMENT_TYPE})")
    if statement.get("predicateType") != PREDICATE_TYPE:
        raise Refused(f"the statement is about something else than tests ({PREDICATE_TYPE})")
    try:
        signed = {each["name"]: each["digest"] for each in statement["predicate"]["configuration"]}
    except (KeyError, TypeError):
        raise Refused("the statement names no configuration") from None
    if signed.get(MANIFEST) != {"sha256": digest(members[MANIFEST])}:
        raise Refused(f"{MANIFEST} is not the one that was signed")
    try:
        manifest = json.loads(members[MANIFEST])
        if canonical(manifest) != members[MANIFEST]:
            raise Refused(f"{MANIFEST} is not written as RFC 8785 has it")
        if manifest["format"] != FORMAT:
            raise Refused(f"{MANIFEST} is of format {manifest['format']!r}; known is {FORMAT}")
        if set(manifest) != {"format", "suite", "set", "nonce", "target", "files"}:
            raise Refused(f"{MANIFEST} has other keys than a manifest")
        if set(manifest["files"]) != set(LISTED):
            raise Refused(f"{MANIFEST} does not name the files of a bundle")
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused(f"{MANIFEST} is not a manifest") from None
    return dict(manifest)


def _check_files(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
    for name in LISTED:
        told = {"sha256": digest(members[name]), "bytes": len(members[name])}
        if manifest["files"][name] != told:
            raise Refused(f"{name} is not the file whose digest is in {MANIFEST}")


def _check_set(manifest: dict[str, Any], wanted: str | None) -> RequirementSet:
    told = manifest["set"]
    try:
        published = read_requirement_set(wanted or str(told["name"]))
    except UsageProblem:
        if wanted:
            raise
        raise Refused(f"no set {told['name']!r} is published here") from None
    if published.name != told["name"]:
        raise Refused(f"the set is {told['name']!r}, not {published.name!r}")
    if published.digest != told["digest"]:
        raise Refused(f"the set {published.name} is not the published one")
    return published


def _check_suite(manifest: dict[str, Any]) -> None:
    for name, value in suite().items():
        if manifest["suite"].get(name) != value:
            raise Refused(
                f"the {NAMES_OF_SUITE[name]} is not the one here "
                f"({manifest['suite'].get(name)}, here {value}); verify with the suite and "
                "the Python that certified"
            )


def _read_results(content: bytes) -> dict[str, Any]:
    schema = json.loads((SPEC / "results.schema.json").read_bytes())
    try:
        results = json.loads(content)
        jsonschema.Draft202012Validator(schema).validate(results)
    except (ValueError, RecursionError):
        raise Refused(f"{RESULTS} is not JSON") from None
    except jsonschema.ValidationError as problem:
        raise Refused(f"{RESULTS} does not match its schema: {problem.message[:200]}") from None
    if results["verdict"] == "inconclusive":
        raise Refused("the run was inconclusive: there is nothing to certify")
    return dict(results)


def _check_inputs(
    folder: Path, manifest: dict[str, Any], results: dict[str, Any], wanted: str | None
) -> None:
    nonce = manifest["nonce"]
    if wanted is not None and nonce != wanted:
        raise Refused("the nonce is not the one that was given out for this run")
    try:
        # From inside the folder, so that what is said of a file names it without a path.
        with chdir(folder):
            inputs = read_inputs(Path())
        check_nonce(nonce)
        content = json.loads((folder / INPUTS).read_bytes())
    except UsageProblem as problem:
        raise Refused(str(problem)) from None
    if inputs.seed != seed_of(nonce):
        raise Refused(f"the seed in {INPUTS} does not follow from the nonce")
    if target_digest(content["target"]) != manifest["target"]:
        raise Refused(f"the target in {INPUTS} is not the one that was signed")
    if inputs.target.read_only:
        raise Refused("the run was read-only: it left out what a certificate stands for")
    if content["set"] != manifest["set"]:
        raise Refused(f"the set in {INPUTS} is not the one that was signed")
    for name in ("profile", "seed", "strict"):
        if content[name] != results[name]:
            raise Refused(f"{INPUTS} and {RESULTS} tell different values of {name}")


def _check_requirements(results: dict[str, Any], published: RequirementSet) -> None:
    told = {row["id"]: row["level"] for row in results["requirements"]}
    if len(told) != len(results["requirements"]):
        raise Refused(f"{RESULTS} has a requirement twice")
    missing = [name for name in published.levels if name not in told]
    if missing:
        raise Refused(f"{RESULTS} lacks {missing[0]}, which the set {published.name} demands")
    foreign = [name for name in told if name not in published.levels]
    if foreign:
        raise Refused(f"{RESULTS} has {foreign[0]}, which is not in the set {published.name}")
    other = [name for name, level in published.levels.items() if told[name] != level]
    if other:
        raise Refused(f"{other[0]} is a {published.levels[other[0]]} in the set {published.name}")
    if results["profile"] != published.profile:
        raise Refused(
            f"the profile is not {published.profile}, as the set {published.name} demands"
        )


def _check_numbers(evidence: bytes) -> None:
    """Refuse evidence that lacks an exchange in the middle of a test; a replay finds other gaps."""
    numbers: dict[str, set[int]] = {}
    try:
        for line in evidence.decode("utf-8").splitlines():
            test, _, number = json.loads(line)["id"].rpartition("#")
            numbers.setdefault(test, set()).add(int(number))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused(f"{EVIDENCE} has a line that is not an exchange") from None
    for test, found in numbers.items():
        gap = next((number for number in range(1, max(found)) if number not in found), None)
        if gap is not None:
            raise Refused(f"{EVIDENCE} lacks the exchange {test}#{gap}")


def _check_reports(folder: Path) -> None:
    run = read_run(folder)
    for name in REPORTS:
        if TEXTS[name](run).encode("utf-8", "backslashreplace") != (folder / name).read_bytes():
            raise Refused(f"{name} does not say what {RESULTS} and {EVIDENCE} say")
