"""Healthy scans of a person's own: scored together and kept as a file, to read other scans against."""
