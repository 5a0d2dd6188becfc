"""Commands that write committed files or print a table; no run of the suite needs them."""
