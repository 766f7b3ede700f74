"""Documents as people write them: read as text, those of hostile formats in processes apart."""
