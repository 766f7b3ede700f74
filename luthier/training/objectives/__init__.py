"""Which loss can pull the weights."""
