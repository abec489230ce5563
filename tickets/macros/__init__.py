"""Texts and deeds used again and again: which are offered on a ticket, what they say there, how often they are used."""
