"""What stands behind a cohort's chart."""

from __future__ import annotations

from explorer.contracts import Dataset


def cohort_basis(dataset: Dataset, size: int, seed: int, done: int, *, plants: bool = True) -> str:
    """How many slices of a cohort have been scored, and of how many subjects where the dataset has them.

    Args:
        dataset: of the cohort's test slices.
        size: slices of the whole cohort.
        seed: by which they were chosen.
        done: slices scored.
        plants: whether an anomaly was planted; else curves are of what is anomalous by itself, if anything.
    """
    names = [axis.name for axis in dataset.axes("test")]
    if "subject" not in names:
        return _counted(done, "slice")
    which = names.index("subject")
    own = () if plants else dataset.held_out_cohort(size, seed)
    subjects = {place[which] for place in (own or dataset.cohort("test", size, seed))[:done]}
    return f"{_counted(done, 'slice')} of {_counted(len(subjects), 'subject')}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
