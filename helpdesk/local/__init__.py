"""Runs everything on one machine: embedded PostgreSQL and Valkey, web, worker, beat, SMTP."""
