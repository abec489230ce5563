"""Search in tickets: what is asked (parsing), what is known (indexing), what is found (finding), how it is shown."""
