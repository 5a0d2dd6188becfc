"""Single faults: servers with exactly one bug each."""
