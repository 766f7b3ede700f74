"""What is added: each file is a choice for `data.augment`."""
