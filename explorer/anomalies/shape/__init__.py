"""Where an anomaly lies and how its edge falls."""
