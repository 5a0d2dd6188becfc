"""Runs the suite with many seeds: ``python -m tools.seeds [--seeds 20] [NAME ...]``.

A name is a fault, a twin, or several joined by ``+``. The default is every conforming server.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from selftest.support.cases import COMBINED_TWINS, FAULTS, SINGLE_TWINS, TWINS, Case
from selftest.support.expected import disagreement
from selftest.support.run_pool import Pool


def main() -> int:
    """Print a line for each seed; return 1 if the result of any run is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="number of seeds (default: 20)")
    parser.add_argument("--first", type=int, default=1, help="first seed (default: 1)")
    parser.add_argument(
        "--generated-only", action="store_true", help="only tests whose requests depend on the seed"
    )
    parser.add_argument(
        "names", nargs="*", type=case_of, help="servers (default: all that conform)"
    )
    options = parser.parse_args()
    cases = options.names or [*SINGLE_TWINS, *COMBINED_TWINS]
    seeds = range(options.first, options.first + options.seeds)
    plugin = ("-p", "selftest.detection.by_generation") if options.generated_only else ()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, Pool(Path(folder)) as pool:
        runs = {seed: [pool.judge(case, str(seed), *plugin) for case in cases] for seed in seeds}
        for seed, futures in runs.items():
            results = [future.result() for future in futures]
            said = {
                case.name: problem
                for case, run in zip(cases, results, strict=True)
                if (problem := disagreement(case, run, is_whole=not plugin))
            }
            wrong += len(said)
            requests = [run.results["requests"] for run in results]
            print(
                f"seed {seed}: {len(cases)} servers, {min(requests)} to {max(requests)} requests, "
                f"{len(said)} wrong",
                flush=True,
            )
            for name, problem in said.items():
                print(f"    {name}: {problem}", flush=True)
            for run in results:
                shutil.rmtree(run.reports)
    print(f"{len(cases)} servers, {len(seeds)} seeds each: {wrong} wrong runs")
    return 1 if wrong else 0


def case_of(name: str) -> Case:
    """Return the case of this name.

    Raises:
        argparse.ArgumentTypeError: there is no fault or twin of this name.
    """
    parts = [part for part in name.split("+") if part != "conforming"]
    unknown = [part for part in parts if part not in FAULTS and part not in TWINS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"unknown fault or twin {unknown[0]!r}; `python -m reference --help` shows "
            "how to list them"
        )
    return Case(
        twins=tuple(part for part in parts if part in TWINS),
        faults=tuple(part for part in parts if part in FAULTS),
    )


if __name__ == "__main__":
    sys.exit(main())
