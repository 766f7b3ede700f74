"""Data that a package registry carries."""
