"""Which weights can move."""
