"""Health: how a subscriber fares, from what they got out of their subscription and how they were served."""
