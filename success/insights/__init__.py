"""Figures that can be trusted: measured from events, summed by day, each with its definition and its list."""
