"""Sources of slices, a file or a folder a source."""

from explorer.datasets.base import DATASETS, Source, dataset_names, load_dataset, reference_of

__all__ = ["DATASETS", "Source", "dataset_names", "load_dataset", "reference_of"]
