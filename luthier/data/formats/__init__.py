"""The shapes of rows that are recognised without being told."""
