"""Charts as plotly figures, each with the same in words and in a table: pure functions of counts."""

from explorer.looking.charts.basis import cohort_basis
from explorer.looking.charts.chart import Chart
from explorer.looking.charts.curves import curve_charts
from explorer.looking.charts.prior import prior_chart, prior_sentence
from explorer.looking.charts.rate_distortion import rate_distortion_chart
from explorer.looking.charts.tables import BOLD, figures_table

__all__ = [
    "BOLD",
    "Chart",
    "cohort_basis",
    "curve_charts",
    "figures_table",
    "prior_chart",
    "prior_sentence",
    "rate_distortion_chart",
]
