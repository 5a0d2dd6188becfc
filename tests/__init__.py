"""The tests of the suite: one module for each area of requirements."""
