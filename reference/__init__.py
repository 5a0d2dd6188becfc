"""An embedded Order API server: an independent implementation of the guide, with variants.

The package imports nothing from the suite that tests it. Build an application
in-process with `create_app`, or run `python -m reference`.
"""

from reference.application import create_app
from reference.settings import Settings, SettingsError

__all__ = ["Settings", "SettingsError", "create_app"]
