"""Who gets a ticket: taken by hand, handed over, or given out to whoever is there."""
