"""What a tuned model has to beat."""
