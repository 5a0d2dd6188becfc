"""The server under test as its owner describes it. Imports core."""
