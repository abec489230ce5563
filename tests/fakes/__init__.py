"""Providers as they are from outside: real servers on this machine that speak the real protocols."""
