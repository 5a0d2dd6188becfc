"""From exchanges to findings, from findings to a verdict. Imports orders and below."""
