"""DICOM series: their files, the pixels in them, and the volume that they are slices of."""
