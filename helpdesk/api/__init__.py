"""What every REST view shares: pages, filters, parsing and errors. The settings name them; apps do not import them."""
