"""Causes: complaints that keep coming back, what they have in common, who puts it right, and what that saved."""
