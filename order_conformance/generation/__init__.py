"""Requests generated from ``spec/openapi.yaml`` by Schemathesis, sent and judged by this suite.

``documents`` adapts the contract to the target, ``cases`` has Schemathesis draw from it,
``sending`` sends the cases and runs Schemathesis' checks on the responses, and ``findings``
decides what a failed check means. ``sequences`` are written by hand, with Hypothesis.

Imports session, judging and what is below.
"""
