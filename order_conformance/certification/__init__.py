"""Certificates: signed bundles of a verdict and its evidence, verified by replaying the run.

Imports every package except ``cli`` and, if it can, ``generation`` and ``pytest_plugin``. Needs
the extra ``[certify]``; nothing but the commands ``certify`` and ``verify`` imports it.
"""
