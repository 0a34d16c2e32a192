"""Files as they come in, to a scan."""
