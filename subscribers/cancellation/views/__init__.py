"""Pages of cancelling: subscribers' own without a log-in, and colleagues'."""
