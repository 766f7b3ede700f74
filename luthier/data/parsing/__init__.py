"""How files are read: bytes to columns and values, with the place of every fault."""
