"""The demo store: a year and a half of a tea club's life, the same for the same seed.

Every module here makes rows of one noun in memory; `writer` copies them in, `seed` puts them together. Nothing
goes through the services, which would take a query a row; the rows are those that the services would have
written.
"""
