"""results.json: written, read back, compared, explained. Imports judging and below."""
