"""How the learning rate can move."""
