"""Certificates: a verdict with all it rests on, signed, that a third party can judge again."""
