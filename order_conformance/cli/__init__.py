"""The order-conformance command: one module for each group of subcommands.

Imports everything below.
"""
