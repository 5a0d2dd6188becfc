"""Rules that several test modules judge by; no tests here."""
