"""Ways to judge one answer."""
