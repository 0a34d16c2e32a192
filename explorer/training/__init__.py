"""Training: recipes in, weights with a card out. Not needed by the app."""
