"""The page "Own scans": a scan of the person's own, from its files to its map."""
