"""What augmenters are made of: words and their places, tables, models that write."""
