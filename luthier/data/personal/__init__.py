"""What personal data looks like in text, one file for each kind."""
