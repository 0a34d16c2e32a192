"""How far a picture is from what a model knows: its sample scores beside those of all healthy images.

The network restores what it knows. How far slices of brains and photographs are from it is measured by
`tests.benchmarks.pictures`. Surprise of codes is known for the chosen healthy data only.
"""

from __future__ import annotations

from explorer.evaluation.calibration import REC
from explorer.evaluation.sample_scores import SURPRISE
from explorer.scans.placing.unlike import NOTHING
from explorer.scans.scoring.jobs import Job
from explorer.scans.scoring.scoring import ScoredScan

FAR = 3.0
"""How many times the highest sample score of a healthy image that of a picture may be."""


def far_from_known(scored: ScoredScan, job: Job) -> str:
    """Says that a picture's sample scores are beyond those of all that a model knows; empty where not.

    Args:
        scored: a picture that was scored to its end.
        job: how it was scored.
    """
    beta = job.scoring.beta
    tops = [float(one.quantile(REC, beta, 1.0)) for one in job.known.values() if one.knows(REC)]
    rec = None if scored.rec is None else float(scored.rec[0])
    if tops and rec is not None and rec > FAR * max(tops):
        return _told("reconstruction term", rec, max(tops))
    calibration = job.scoring.calibration
    if scored.surprise is None or calibration is None or not calibration.knows(SURPRISE):
        return ""
    surprise, top = float(scored.surprise[0]), float(calibration.quantile(SURPRISE, beta, 1.0))
    return _told("surprise", surprise, top) if surprise > FAR * top > 0 else ""


def _told(name: str, score: float, top: float) -> str:
    return (
        f"The network does not know such pictures: the {name} of this one is {score:,.0f} nats, that of "
        f"healthy images at most {top:,.0f}. {NOTHING}"
    )
