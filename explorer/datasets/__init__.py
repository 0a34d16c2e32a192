"""Sources of slices, a file a source."""

from explorer.datasets.base import DATASETS, DatasetFamily, dataset_names, load_dataset

__all__ = ["DATASETS", "DatasetFamily", "dataset_names", "load_dataset"]
