"""Weights: load, adapt, save."""
