"""Parts of the page "Own scans": what the session holds, sources, choices, findings, exports."""
