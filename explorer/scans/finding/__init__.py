"""What the scores of a scan say: places, lesions, figures."""
