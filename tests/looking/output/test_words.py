"""Every word that the page uses has a sentence, and what is computed its formula."""

from __future__ import annotations

import html
import re

from explorer.anomalies import ANOMALIES
from explorer.looking.charts.tables import HEADINGS
from explorer.looking.output.words import FIGURES, SYMBOLS, words
from explorer.predictors import PREDICTORS


def plain(page: str) -> str:
    return html.unescape(re.sub("<.*?>", "", page)).lower()


def test_maps_and_anomaly_come_with_sentence_formula_and_source() -> None:
    for anomaly in ANOMALIES.names():
        page = words(PREDICTORS.names(), anomaly)
        assert f"<b>{anomaly}</b> <code>" in page and ANOMALIES[anomaly].summary.lower() in plain(page)
    for name in PREDICTORS.names():
        assert PREDICTORS[name].title.lower() in plain(page) and PREDICTORS[name].source.lower() in plain(
            page
        )


def test_the_tables_columns_are_explained() -> None:
    known = plain(words([]))
    for above, below, _ in HEADINGS[:-1]:
        named = f"{above} {below}" if above in ("Best", "Image", "Threshold of") else below
        assert named.lower() in known, named


def test_nats_are_explained_once() -> None:
    assert [word.name for word in (*FIGURES, *SYMBOLS)].count("nat") == 1


def test_what_a_plug_in_says_is_never_markup() -> None:
    assert "p(c_i | c_&lt;i)" in words(["code-surprise"])
