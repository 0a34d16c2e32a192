"""What the words of the pages mean: a plain sentence each, and the formula, as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from explorer.anomalies import ANOMALIES
from explorer.predictors import PREDICTORS
from explorer.templates import render

TEMPLATE = Path(__file__).with_suffix(".html")


@dataclass(frozen=True)
class Word:
    """A word of the page.

    Attributes:
        name: as the page has it.
        sentence: what it is.
        formula: the same exactly; empty where the sentence is exact.
    """

    name: str
    sentence: str
    formula: str = ""


SYMBOLS = (
    Word("x, x̂", "the image, and what the model reconstructs of it; intensities from 0 to 1"),
    Word("G *", "smoothed with a Gaussian of 3 pixels"),
    Word("p(x|z)", "what the model expects of an image with code z: x̂ ± s in every pixel"),
    Word(
        "nat",
        "the unit of −log p with the natural logarithm, 1.44 bits: what is 1 nat more surprising is "
        "e = 2.72 times less likely",
    ),
    Word("rec", "how far the reconstruction is from the image, nats", "Σ_pixels (x − x̂)² / (2 s²)"),
    Word(
        "KL",
        "how far the image's latent code is from the prior, nats",
        "½ Σ_j (μ_j² + σ_j² − log σ_j² − 1)",
    ),
    Word("ELBO loss", "both together, the lower the more likely the image", "rec + w KL"),
    Word("Training β", "the weight of the KL term for which the network was trained", "loss = rec + β KL"),
    Word(
        "KL weight in the ELBO map",
        "the weight w of the KL gradient in the ELBO gradient; the network does not change with it",
    ),
)

FIGURES = (
    Word(
        "Healthy pixels that score lower",
        "the share of the foreground of calibration slices, which are not shown, that scores lower than this",
    ),
    Word(
        "Sensitivity, recall",
        "the share of the anomalous pixels that reach the threshold",
        "TP / (TP + FN)",
    ),
    Word("False-positive rate", "the share of the healthy pixels that reach the threshold", "FP / (FP + TN)"),
    Word("Precision", "the share of anomalous pixels among those that reach it", "TP / (TP + FP)"),
    Word("Dice", "overlap of what reaches the threshold with the true mask", "2 TP / (2 TP + FP + FN)"),
    Word("Best Dice", "the largest Dice of any threshold, chosen with the mask at hand: too good elsewhere"),
    Word("Threshold of best Dice", "the score at which that is reached"),
    Word(
        "AUROC",
        "the chance that an anomalous pixel scores higher than a healthy one; .5 is chance",
        "P(s₁ > s₀) + ½ P(s₁ = s₀)",
    ),
    Word(
        "AP",
        "average precision, the mean of the precision over recall; chance is the share of anomalous pixels",
        "Σ_n (R_n − R_n−1) P_n",
    ),
    Word(
        "Image AUROC",
        "the same of whole images, with anomaly against without; the score is the mean of the highest 1 %",
    ),
    Word(
        "Colour bars",
        "end where 20 % and 99.9 % of healthy pixels score lower, the same for every image at one β; the "
        "lower end is higher where else more than a tenth of healthy pixels lay in the upper half. "
        "Intensity runs from 0 to 1.",
    ),
    Word("Stretch each picture", "each picture fills its own colour bar instead, so healthy images glow too"),
)


def words(predictors: Iterable[str], anomaly: str = "") -> str:
    """All words that a page with these maps and this anomaly needs, as a list of definitions.

    Args:
        predictors: registry names of the maps shown.
        anomaly: of the kind that is planted; empty where none can be.
    """
    maps = (PREDICTORS[name] for name in predictors)
    parts = {
        "Maps": [Word(one.title, f"{one.summary} ({one.source})", one.formula) for one in maps],
        "Anomaly": [Word(anomaly, ANOMALIES[anomaly].summary, ANOMALIES[anomaly].formula)] if anomaly else [],
        "Figures": FIGURES,
        "Symbols and units": SYMBOLS,
    }
    return render(TEMPLATE, parts={title: found for title, found in parts.items() if found})
