"""Own fields of tickets: how values are written (kinds), read (selectors), set (setting), defined (saving)."""
