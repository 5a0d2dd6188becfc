"""Makes the engine a plugin of every pytest run in this repository."""

pytest_plugins = [
    "order_conformance.pytest_plugin.plugin",
    "order_conformance.pytest_plugin.fixtures",
]
