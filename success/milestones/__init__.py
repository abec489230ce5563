"""Milestones: what a subscription should have brought a subscriber by when, computed from facts."""
