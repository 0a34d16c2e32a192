"""Own scans: read, placed on a model's grid, scored slice by slice, and written back on their own grid."""
