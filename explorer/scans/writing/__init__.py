"""Maps and reports as files."""
