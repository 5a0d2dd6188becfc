"""Sends requests and receives responses, within limits; no other package opens a socket.

Imports requirements, target and core.
"""
