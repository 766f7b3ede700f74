"""What all other folders stand on: records, recipes, menus, runs, errors."""
