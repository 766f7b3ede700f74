"""The tasks there are."""
