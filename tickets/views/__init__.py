"""The agents' pages: lists, the ticket, what is done there, and the demo's mail box."""
