"""The one list of names of Streamlit's page that the style sheet and the JavaScript use.

Classes `.st-key-...` of containers are documented, so any file may use them; how the page is built within
such a container is not, and stands here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Selector:
    """A name, or a place that is found by names.

    Attributes:
        css: finds its elements.
        without: what a person sees where Streamlit's page no longer has it.
    """

    css: str
    without: str

    def __str__(self) -> str:
        return self.css


def _by_test_id(name: str, without: str) -> Selector:
    return Selector(f'[data-testid="{name}"]', without)


CONTENT = Selector(".stMainBlockContainer", "wide empty margins around the page; less fits on the screen")
HEADER = _by_test_id("stHeader", "an opaque strip above the page, which takes the clicks on what it covers")
ELEMENT = Selector(".stElementContainer", "all that is not yet new fades: each frame is painted anew")
EXPANDER = Selector(".stExpander", "the scan's notes and the maps' options fade")
TICKS = _by_test_id("stSliderTickBar", "the ends of sliders fade in and out")
RUNNING = _by_test_id("stStatusWidget", "the sign that the page is computing fades in and out")
SKELETON = _by_test_id("stSkeleton", "grey bars pulse where a control is being fetched")
SIDEBAR = _by_test_id("stSidebar", "the sidebar is longer: its last controls need scrolling")
WRAPPER = _by_test_id("stLayoutWrapper", "gaps below the viewer, where the hidden feeds lie")
CAPTION = _by_test_id("stCaptionContainer", "captions, the notice among them, are paler than is legible")
COLLAPSE = _by_test_id("stSidebarCollapseButton", "a finger cannot close the sidebar before it touches it")
CHARTS = Selector(".st-key-charts > *", "charts beside each other are squeezed")
FIGURES = Selector(".st-key-figures > :first-child", "the table of figures is squeezed")
TRADE = Selector(".st-key-figures > :last-child", "the curve beside the figures is squeezed")
APP = _by_test_id("stApp", "the viewer takes the server for connected and at rest, whatever it is")

STYLED = (
    *(CONTENT, HEADER, ELEMENT, EXPANDER, TICKS, RUNNING, SKELETON, SIDEBAR, WRAPPER),
    *(CAPTION, COLLAPSE),
    *(CHARTS, FIGURES, TRADE),
)
"""Those of the style sheet."""

BROWSER = {
    "app": str(APP),
    "connection": "data-test-connection-state",  # without it: no notice of a lost connection
    "connected": "CONNECTED",
    "script": "data-test-script-state",  # without it: no notice of frames that do not come
    "running": "running",
}
"""For the JavaScript: the element of the app, its two attributes, and what they say where all is well."""
