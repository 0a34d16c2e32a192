"""The style sheet of all pages; colours come from Streamlit's theme, so light and dark both work.

Streamlit lets what is not yet new fade, for which a browser paints the whole page again and again; here it
stays as it is.
"""

STYLE = """
<style>
.stMainBlockContainer {padding: 1.4rem 2rem 2rem;}
[data-testid="stHeader"] {background: transparent; height: 2.4rem; min-height: 2.4rem; pointer-events: none;}
[data-testid="stHeader"] button {pointer-events: auto;}
.st-key-charts > * {flex: 1 1 408px !important; min-width: 0;}
.st-key-figures > :first-child {flex: 2 1 460px !important; min-width: 0;}
.st-key-figures > :last-child {flex: 1 1 300px !important; min-width: 280px;}
.stElementContainer {opacity: 1 !important; transition: none !important;}
.stExpander :is(details, summary) {opacity: 1 !important; transition: none !important;}
:is([data-testid="stSliderTickBar"], [data-testid="stStatusWidget"]) {transition: none !important;}
[data-testid="stSkeleton"] {animation: none !important;}
[data-testid="stSidebar"] .stElementContainer {margin-bottom: -.35rem;}

.st-key-viewer-feeds, [data-testid="stLayoutWrapper"]:has(> .st-key-viewer-feeds),
.st-key-planes-feeds, [data-testid="stLayoutWrapper"]:has(> .st-key-planes-feeds) {display: none;}

.xp-table {border-collapse:collapse; width:100%; font-size:.84rem; font-variant-numeric:tabular-nums;}
.xp-table th {font-weight:600; text-align:right; padding:.2rem .5rem; border-bottom:1px solid currentColor;
  vertical-align:bottom;}
.xp-table td {text-align:right; padding:.22rem .5rem; border-bottom:1px solid rgba(128,128,128,.25);}
.xp-table th:first-child,.xp-table td:first-child {text-align:left; white-space:nowrap;}
.xp-table .best {font-weight:700;}
.xp-key {display:inline-block; width:.7rem; height:.7rem; border-radius:2px; margin-right:.45rem;}
.xp-scroll {overflow-x:auto;}
</style>
"""
