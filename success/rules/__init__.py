"""Rules of alerts: what they ask for, whom they are about, and what they would have done."""
