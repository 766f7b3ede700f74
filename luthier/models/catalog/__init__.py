"""Pretrained models that a package registry carries."""
