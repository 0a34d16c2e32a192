"""What goes to the browser: colours, codes, packets."""
