"""The pages of success: the alert queue, the alert, what is done there, and panels for other pages."""
