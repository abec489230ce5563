"""What the law gives to people: consent, a copy of everything about them, and being forgotten."""
