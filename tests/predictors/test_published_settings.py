"""Settings that are left alone are those of the papers and of the code that was released with them."""

from __future__ import annotations

import pytest

from explorer.predictors import PREDICTORS

PUBLISHED = {
    # Zimmerer et al. 2019; Dehaene et al. 2020; You et al. 2019; Naval Marimont and Tarroni 2020
    "kl-gradient": {"copies": 0, "eps": 0.1},
    "energy-projection": {"steps": 100, "rate": 0.5, "closeness": 0.05},
    "map-restoration": {"smoothness": 2.2},
    "latent-restoration": {"restorations": 15, "level": 0.9, "minimum": True, "mean": True},
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_settings_are_the_papers(name: str) -> None:
    predictor = PREDICTORS[name]()
    assert {key: getattr(predictor, key) for key in PUBLISHED[name]} == PUBLISHED[name]
