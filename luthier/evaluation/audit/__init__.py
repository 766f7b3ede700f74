"""Find what is wrong with rows: labels, contradictions, outliers, and what a run never learnt."""
