"""Checks that generated requests do not blame a conforming server.

Run it with ``python -m tools.generation.twins [--seeds 20]``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from order_conformance.generation.cases import BUDGETS
from reference.deviations import all_twins
from selftest.support.suite_runs import reference_server
from tools.generation.observing import client_of, generate, sequences


def main() -> int:
    """Print what generation finds on conforming servers; return 1 if it finds anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--profile", default="gate", choices=sorted(BUDGETS))
    parser.add_argument("twins", nargs="*", help="names of twins (default: all, one at a time)")
    options = parser.parse_args()
    blamed = 0
    for name in ["", *all_twins()] if not options.twins else options.twins:
        twins = [f"--twin={each}" for each in name.split("+") if each]
        requests = 0
        with (
            reference_server("--api-key-env", "SERVER_KEY", *twins) as base_url,
            tempfile.TemporaryDirectory() as folder,
        ):
            for seed in range(options.seeds):
                seen = generate(base_url, Path(folder), seed, BUDGETS[options.profile])
                requests += seen.requests
                for each in seen.findings.all:
                    blamed += 1
                    body = (each.exchange.request.body or b"").decode("utf-8", "replace")
                    print(f"  {name or 'reference'}, seed {seed}: {each.requirement} {each.did}")
                    print(f"    {each.exchange.request.path} {body[:300]} {each.exchange.status}")
                with client_of(base_url, Path(folder), seed) as (api, account):
                    failure = sequences(api, account, seed, options.profile)
                    requests += api.client.requests
                if failure is not None:
                    blamed += 1
                    print(f"  {name or 'reference'}, seed {seed}: {failure.title}")
                for reason in (r for rs in seen.findings.unanswered.values() for r in rs):
                    blamed += 1
                    print(f"  {name or 'reference'}, seed {seed}: no response: {reason}")
        print(f"{name or 'reference':30} {options.seeds} seeds, {requests} requests")
    print(f"{blamed} findings on conforming servers")
    return 1 if blamed else 0


if __name__ == "__main__":
    sys.exit(main())
