"""A model meets rows: numbers with intervals, baselines, a verdict, a report."""
