"""Where rows can come from."""
