"""How rows that repeat each other are found: shingles, MinHash, verified matches."""
