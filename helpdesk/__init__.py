"""The Django project: settings, addresses, people who work here, and what runs it all."""
