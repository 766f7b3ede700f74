"""How many answers are summed up in one number."""
