"""The server as a stack of named points, each of which a deviation may override."""

from reference.server.base import ReferenceServer

__all__ = ["ReferenceServer"]
