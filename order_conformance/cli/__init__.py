"""The order-conformance command, one module for each group of subcommands.

May import every other package. Its modules import only what declares the commands; each command
imports what it needs when it is called, so that ``--help`` and ``explain`` start quickly.
"""
