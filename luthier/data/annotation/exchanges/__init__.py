"""The menu of other tools' files that answers are read from and written to."""
