"""People, subscriptions and past boxes from files: looked at, tried without a trace, then taken in by the worker."""
