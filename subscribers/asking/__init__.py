"""What colleagues ask of a provider for a subscriber: offered, previewed, asked for once, approved, and watched.

menu       what is offered for a subscription, and what its provider has no way to do
forms      what has to be said for each kind
previews   what it will mean, in words and numbers
selectors  what was asked, and what became of it
"""
