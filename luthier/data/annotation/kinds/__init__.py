"""The menu of kinds of questions that people answer about a row."""
