"""Cancelling: captured as structured knowledge, never obstructed, and lawful where the subscriber lives."""
