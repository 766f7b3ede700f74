"""Judging answers; nothing here ever loads torch."""
