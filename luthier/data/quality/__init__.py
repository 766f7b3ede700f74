"""What the data report counts, and what it refuses."""
