"""How files become rows: one file format per module."""
