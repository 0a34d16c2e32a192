"""Whose healthy scores a map is read against: those of own scans where they fit, or else the model's."""

from __future__ import annotations

from explorer.predictors import PREDICTORS, Predictor, healthy_name
from explorer.scans.finding.healthy import Healthy, fitting, misfit
from explorer.scans.scoring.jobs import Job


def comparison(job: Job, predictor: Predictor, *, volume: bool) -> Healthy | None:
    """The healthy scores that a map of a volume or a picture is read against; None where none fit."""
    if job.own is not None and not own_misfit(job, predictor, volume=volume):
        return Healthy(job.own.calibration, healthy_name(predictor), job.scoring.beta, job.own)
    return fitting(job.scoring, predictor, volume=volume)


def whose(job: Job, healthy: Healthy | None) -> str:
    """Whose healthy scores these are, in words; empty for none."""
    if healthy is None:
        return ""
    return job.contrast if healthy.own is None else healthy.own.whose


def own_misfit(job: Job, predictor: Predictor, *, volume: bool) -> str:
    """Why those of own scans do not fit a map, as a clause; empty where they do or are not given."""
    own, scoring = job.own, job.scoring
    if own is None:
        return ""
    name = healthy_name(predictor)
    if own.sha256 != job.card.sha256:
        same = own.model == job.card.name
        theirs = f"another model called {own.model}" if same else f"model {own.model}"
        return f"they are those of {theirs}, not of this {job.card.name}"
    if own.at(scoring.beta) is None:
        betas = ", ".join(f"{beta:g}" for beta in own.betas)
        return f"they are those of training beta {betas}, not {scoring.beta:g}"
    if name not in own.bounds:
        return f"they are those of {', '.join(sorted(own.bounds))}, not of {name}"
    if predictor.uses_scoring_beta and scoring.scoring_beta != scoring.beta:
        return f"they are those of scoring beta {scoring.beta:g}, not {scoring.scoring_beta:g}"
    if own.window != job.window:
        return f"they are those of {_taken(own.window)}, not of {_taken(job.window)}"
    if not volume and predictor.slicewise != predictor:
        return "they are those of slices filtered with their neighbours, not of a single one"
    named = predictor.needs_calibration or bool(predictor.compared) or "code_nll" in predictor.parts
    if named and own.contrast != job.contrast:
        name = PREDICTORS.name_of(type(predictor))
        theirs, this = own.contrast or "none", job.contrast or "none"
        return f"maps of {name} change with the healthy data that is named: theirs {theirs}, here {this}"
    return ""


def caution(job: Job, key: str, *, volume: bool) -> str:
    """Sentences on which healthy scores do not fit a predictor of a job, and why; empty where all do."""
    predictor = job.scoring.predictors[key]
    theirs, ours = misfit(job.scoring, predictor, volume=volume), own_misfit(job, predictor, volume=volume)
    unread = f"Scores are not compared with healthy ones: {theirs}." if theirs else ""
    if job.own is None:
        return unread
    if not ours:
        return ""
    instead = unread or f"The healthy data {job.contrast} takes their place."
    return f"The scores of {job.own.whose} are not used: {ours}. {instead}"


def brains_apart(healthy: Healthy | None, brain: str) -> str:
    """Says that the brains of own healthy scans were found in another way than a scan's; empty if not so.

    Args:
        healthy: the scores that the scan's are read against.
        brain: the way in which its brain was found.
    """
    own = None if healthy is None else healthy.own
    if own is None or brain in own.brains:
        return ""
    theirs = ", ".join(sorted(set(own.brains)))
    return (
        f"The brain of this scan was found by {brain}, those of {own.whose} by {theirs}: scores at the rim "
        "of the brain may differ for that."
    )


def _taken(window: str) -> str:
    return f"CT window {window}" if window else "MR"
