"""The selectors: each file chooses which training rows are worth their cost."""
