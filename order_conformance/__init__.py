"""The engine of the Order API conformance suite: how a server is judged.

What is required stands in ``spec/``, what is sent in ``strategies/``, what is judged in
``tests/``. The engine imports none of the latter two.
"""

__version__ = "0.1.0"
