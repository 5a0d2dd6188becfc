"""The files of a bundle, and the manifest and the statement about them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from order_conformance import __version__
from order_conformance.certification.canonical import canonical, digest
from order_conformance.core.json_values import finite
from order_conformance.core.paths import CARRIED, PACKAGE, ROOT, SPEC
from order_conformance.core.vocabulary import Verdict
from order_conformance.recording.evidence import EVIDENCE
from order_conformance.recording.inputs import FILE_NAME as INPUTS
from order_conformance.recording.ledger import LEDGER
from order_conformance.requirements.catalogue import file_digest
from order_conformance.results.document import FILE_NAME as RESULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from order_conformance.requirements.requirement_sets import RequirementSet

MANIFEST, ENVELOPE = "manifest.json", "statement.dsse.json"
REPORTS = ("report.html", "junit.xml")
RECORDS = (RESULTS, INPUTS, EVIDENCE, LEDGER)
LISTED = (*RECORDS, *REPORTS)
"""The files whose digests the manifest gives."""

MEMBERS = (*LISTED, MANIFEST, ENVELOPE)
FORMAT = "1"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://in-toto.io/attestation/test-result/v0.1"

CODE_FOLDERS = {PACKAGE.name: PACKAGE} | {n: ROOT / n for n in ("strategies", "tests", "spec")}
CODE_FILES = ("conftest.py", "pyproject.toml", "requirements.lock")


def suite() -> dict[str, str]:
    """Return the identity of this suite: its version, and the digests of what it judges with."""
    return {
        "version": __version__,
        "python": python_version(),
        "code": code_digest(),
        "spec": file_digest(SPEC / "openapi.yaml"),
        "requirements": file_digest(SPEC / "requirements.yaml"),
    }


def python_version() -> str:
    """Return the version of Python, as far as generated requests depend on it."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def code_digest() -> str:
    """Return one digest of all files that decide what is sent and how it is judged.

    It is the same for a wheel and for the checkout from which it was built.
    """
    files = {name: ROOT / name for name in CODE_FILES}
    for name, folder in CODE_FOLDERS.items():
        files |= {
            f"{name}/{path.relative_to(folder).as_posix()}": path
            for path in folder.rglob("*")
            if path.is_file()
            and "__pycache__" not in path.parts
            # Counted already: where the suite is inside the engine, as in a wheel.
            and not (folder == PACKAGE and path.is_relative_to(CARRIED))
        }
    lines = [f"{name} {file_digest(path)}\n" for name, path in files.items()]
    return "sha256:" + digest("".join(sorted(lines)).encode())


def make_manifest(
    files: Mapping[str, bytes], requirement_set: RequirementSet, nonce: str, target: Any
) -> dict[str, Any]:
    """Return the manifest of a bundle."""
    return {
        "format": FORMAT,
        "suite": suite(),
        "set": {"name": requirement_set.name, "digest": requirement_set.digest},
        "nonce": nonce,
        "target": target_digest(target),
        "files": {
            name: {"sha256": digest(files[name]), "bytes": len(files[name])} for name in LISTED
        },
    }


def target_digest(target: Any) -> str:
    """Return the digest of the description of a target."""
    return "sha256:" + digest(canonical(finite(target)))


def make_statement(manifest: Mapping[str, Any], results: Mapping[str, Any]) -> dict[str, Any]:
    """Return the in-toto statement about the target, with the test-result predicate."""
    rows = results["requirements"]
    failed = [row for row in rows if row["outcome"] == "failed"]
    warned = [row["id"] for row in failed if row["level"] == "SHOULD"]
    conformant = results["verdict"] == Verdict.CONFORMANT
    target = results["target"]
    return {
        "_type": STATEMENT_TYPE,
        "subject": [
            {
                "name": target["base_url"] + target["path_prefix"],
                "digest": _hexadecimal(manifest["target"]),
            }
        ],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "result": ("WARNED" if warned else "PASSED") if conformant else "FAILED",
            "configuration": [
                _resource(MANIFEST, "sha256:" + digest(canonical(manifest))),
                _resource(f"spec/sets/{manifest['set']['name']}.yaml", manifest["set"]["digest"]),
                _resource("spec/openapi.yaml", manifest["suite"]["spec"]),
                _resource("spec/requirements.yaml", manifest["suite"]["requirements"]),
                _resource(
                    f"order-conformance {manifest['suite']['version']}", manifest["suite"]["code"]
                ),
            ],
            "passedTests": [row["id"] for row in rows if row["outcome"] == "passed"],
            "warnedTests": warned,
            "failedTests": [row["id"] for row in failed if row["level"] == "MUST"],
        },
    }


def _resource(name: str, prefixed: str) -> dict[str, Any]:
    return {"name": name, "digest": _hexadecimal(prefixed)}


def _hexadecimal(prefixed: str) -> dict[str, str]:
    algorithm, _, value = prefixed.partition(":")
    return {algorithm: value}
