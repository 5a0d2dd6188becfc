"""What a run writes while it runs, and reads to replay it. Imports http and below."""
