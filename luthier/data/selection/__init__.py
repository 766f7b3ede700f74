"""What selectors choose by: distances, coverage, words, gradients of a linear head."""
