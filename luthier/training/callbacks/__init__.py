"""What can happen beside the loop."""
