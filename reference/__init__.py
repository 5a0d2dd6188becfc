"""An embedded Order API server: an independent implementation of the guide, with variants.

The package imports nothing from the suite that tests it. Build an application
in-process with `reference.application.create_app`, or run `python -m reference`.
"""
