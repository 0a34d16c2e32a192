"""Models on disk: a readable card, weights, healthy calibration; found by name."""
