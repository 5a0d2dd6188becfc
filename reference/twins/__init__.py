"""Lawful twins: servers that differ where the guide leaves them free."""
