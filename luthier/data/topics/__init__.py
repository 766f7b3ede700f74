"""The map of what the rows are about: vectors of texts, clusters, their names, places."""
