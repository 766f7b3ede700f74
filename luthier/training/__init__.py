"""One run: build the parts, fit, save, judge."""
