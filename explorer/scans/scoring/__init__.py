"""A scan through a model, in its turn."""
