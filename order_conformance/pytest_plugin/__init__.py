"""The pytest hooks and fixtures of a run. Imports session and below."""
