"""Rows become clean, identified, split examples; nothing here ever loads torch."""
