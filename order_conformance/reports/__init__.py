"""Every report of a run, derived from ``results.json`` and ``evidence.jsonl`` alone.

A report can therefore be made again later, from the folder that the run left behind, and
none of them can say anything that the results do not say.
"""

from order_conformance.reports.writing import clear_reports, reports_of_a_run, write_reports

__all__ = ["clear_reports", "reports_of_a_run", "write_reports"]
