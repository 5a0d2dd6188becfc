"""What a run writes as it goes, and reads back to be replayed. Imports http and below."""
