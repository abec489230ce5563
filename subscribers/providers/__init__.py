"""Who keeps the subscriptions: one small protocol (base.py), a package a provider."""
