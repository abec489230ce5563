"""Lists that people keep: what one asks (asking), who sees which (selectors), and how they change (services)."""
