"""How well scores find anomalies: mergeable score histograms and the curves computed from them."""
