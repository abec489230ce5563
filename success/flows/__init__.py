"""Flows: what is done by itself, step by step, and when it stops.

definitions   what a step may say, and checks it before a version is published
entry         which fact begins which flow, and which flow gives way
runs          the life of a run: its history, its ends
conditions    what a wait waits for and a branch asks
texts         what mails and notes say, with the subscriber's own facts
steps         does one step
engine        claims due steps and does them, each in a transaction of its own
starter       the flows that ship
"""
