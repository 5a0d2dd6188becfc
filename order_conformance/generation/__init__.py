"""Requests generated from ``spec/openapi.yaml`` by Schemathesis, sent and judged by this suite."""
