"""The Order API as tests use it: operations, test data, placed orders, the list.

Imports recording and below.
"""
