"""An embedded Order API server: one independent reading of the guide, and many ways to bend it.

The package stands alone: it knows nothing of the suite that judges it.  Build an application
in-process with `reference.application.create_app`, or run `python -m reference`.
"""
