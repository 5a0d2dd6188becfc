"""Every report of a run, derived from ``results.json`` and ``evidence.jsonl`` alone.

A report can therefore be made again later from the folder of the run, and it never says anything
that is not in the results.
"""

from order_conformance.reports.writing import clear_reports, reports_of_a_run, write_reports

__all__ = ["clear_reports", "reports_of_a_run", "write_reports"]
