"""One request out, one response back, within bounds: the only code that opens a socket.

Imports requirements, target and core.
"""
