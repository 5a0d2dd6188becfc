"""Makes the engine a plugin of every pytest run in this repository."""

pytest_plugins = ["order_conformance.plugin", "order_conformance.fixtures"]
