"""How gradients can become steps."""
