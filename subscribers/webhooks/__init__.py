"""Providers' webhooks: verified, stored as they came, answered; then processed by the worker from the row."""
