"""Rules of tickets: when something happens and conditions hold, something is done.

What happened is a row of the ticket's history; `asking` writes down, in the same transaction, that rules wait for it.
The worker asks them after the commit (`engine`), tells in a log what held and what it did, and forgets the question.
"""
