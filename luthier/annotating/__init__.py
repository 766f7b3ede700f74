"""The web page on which people annotate: its server, its templates, its scripts."""
