"""The style sheet of all pages; colours come from Streamlit's theme, so light and dark both work.

Streamlit lets what is not yet new fade, for which a browser paints the whole page again and again; here it
stays as it is. A rule whose element Streamlit has renamed does nothing; `selectors` says what is then seen.
"""

from __future__ import annotations

from explorer.ui.streamlit.selectors import (
    CAPTION,
    CHARTS,
    COLLAPSE,
    CONTENT,
    ELEMENT,
    EXPANDER,
    FIGURES,
    HEADER,
    RUNNING,
    SIDEBAR,
    SKELETON,
    TICKS,
    TRADE,
    WRAPPER,
)

AT_ONCE = "transition: none !important;"
OPAQUE = f"opacity: 1 !important; {AT_ONCE}"
FEEDS = (".st-key-viewer-feeds", ".st-key-planes-feeds", ".st-key-lesson-arrows", ".st-key-lesson:empty")
"""Containers without a face, which take no space."""
PRIMARY = (".st-key-own-load", ".st-key-own-start", ".st-key-lesson-next")
"""Buttons on the accent colour, on which Streamlit writes in white, whichever it is."""
UNSEEN, ALONE = "xp-unseen", "xp-alone"
"""Classes of what is heard and not seen, and of what has an element of its own, which takes no gap."""

RULES = (
    (f"{CONTENT}", "padding: 1.4rem 2rem 2rem;"),
    (f"{HEADER}", "background: transparent; height: 2.4rem; min-height: 2.4rem; pointer-events: none;"),
    (f"{HEADER} button", "pointer-events: auto;"),
    (f"{CHARTS}", "flex: 1 1 408px !important; min-width: 0;"),
    (f"{FIGURES}", "flex: 2 1 460px !important; min-width: 0;"),
    (f"{TRADE}", "flex: 1 1 300px !important; min-width: 280px;"),
    (f"{ELEMENT}", OPAQUE),
    (f"{EXPANDER} :is(details, summary)", OPAQUE),
    (f":is({TICKS}, {RUNNING})", AT_ONCE),
    (f"{SKELETON}", "animation: none !important;"),
    (f"{SIDEBAR} {ELEMENT}", "margin-bottom: -.35rem;"),
    (f"{CAPTION}", "color: inherit; opacity: .75;"),
    (f"{COLLAPSE}", "visibility: visible !important; display: inline-flex !important;"),
    (f"{ELEMENT}:has(.{ALONE})", "position: absolute;"),
    ("[class*=st-key-own-maps-]", "scroll-margin-top: 3rem;"),
    (":is(.st-key-steps, .st-key-lesson-turn) kbd", "color: inherit; opacity: 1;"),
    *((f"{keys} button:enabled", "color: Canvas;") for keys in PRIMARY),
    (".st-key-stage", "flex-wrap: wrap-reverse !important;"),  # where it is narrow, the lesson comes first
    (f"{WRAPPER}:has(> .st-key-viewer-stage)", "flex: 1 1 480px !important; min-width: 0;"),
    (f"{WRAPPER}:has(> .st-key-lesson)", "flex: 0 1 320px !important; min-width: min(300px, 100%);"),
    *((f"{feeds}, {WRAPPER}:has(> {feeds})", "display: none;") for feeds in FEEDS),
)
"""Where Streamlit's own page is changed."""

OWN = """
.xp-unseen {position:absolute; width:1px; height:1px; overflow:hidden; clip-path:inset(50%);
  white-space:nowrap;}
.xp-table {border-collapse:collapse; width:100%; font-size:.84rem; font-variant-numeric:tabular-nums;}
.xp-table th {font-weight:600; text-align:right; padding:.2rem .5rem; border-bottom:1px solid currentColor;
  vertical-align:bottom;}
.xp-table td {text-align:right; padding:.22rem .5rem; border-bottom:1px solid rgba(128,128,128,.25);}
.xp-table th:first-child,.xp-table td:first-child {text-align:left; white-space:nowrap;}
.xp-table .best {font-weight:700;}
.xp-key {display:inline-block; width:.7rem; height:.7rem; border-radius:2px; margin-right:.45rem;}
.xp-scroll {overflow-x:auto;}
"""
"""Of what the page writes itself."""

NARROW = f"@media (max-width: 640px) {{{CONTENT} {{padding: 2.6rem 1rem 2rem;}}}}"
"""On a phone the button that opens the sidebar lies above the text; pictures reach nearer to the edges."""

STYLE = "\n".join(["<style>", *(f"{where} {{{rule}}}" for where, rule in RULES), NARROW, OWN, "</style>"])
