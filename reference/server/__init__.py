"""The server: a stack of small methods, each of which a deviation can override."""

from reference.server.base import ReferenceServer

__all__ = ["ReferenceServer"]
