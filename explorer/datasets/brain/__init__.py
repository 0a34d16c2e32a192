"""The synthetic brain cohort: anatomies, their deformation, contrasts, and batches for training."""

from explorer.datasets.brain.cohort import BrainCohort

__all__ = ["BrainCohort"]
