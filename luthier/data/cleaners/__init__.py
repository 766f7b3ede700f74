"""What can be repaired in rows, or dropped from them."""
