"""Offers that flows make: a row each, a page by a signed link that asks once, done by the provider.

kinds      what may be offered: its check, words, preview and cost
services   makes, grants, declines and ends offers: the only writer of their rows
selectors  what a run's texts and waits ask
letters    the mail that tells what came of one
receivers  hears what the provider did
views      the page
"""
