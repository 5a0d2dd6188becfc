"""One run from its options to its last file, and the processes around it.

Imports reports and below.
"""
