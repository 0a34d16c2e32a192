"""From a scan to the images that a model sees."""
