/** The page's colours as a template of plotly: figures themselves have none of text, paper and grid. */

/** @param {HTMLElement} element on the page */
export function dressed(element) {
  const { color, backgroundColor, fontFamily } = getComputedStyle(/** @type {Element} */ (element.parentElement));
  const [ink, paper, soft, faint] = [color, backgroundColor, thinned(color, 0.75), thinned(color, 0.15)];
  const axis = { gridcolor: faint, zerolinecolor: faint, linecolor: soft, tickcolor: soft, automargin: false };
  return {
    layout: {
      font: { family: fontFamily, color: ink, size: 12 },
      paper_bgcolor: paper,
      plot_bgcolor: paper,
      title: { x: 0, xanchor: "left", font: { size: 14 }, subtitle: { font: { size: 11, color: soft } } },
      xaxis: axis,
      yaxis: axis,
      legend: { bgcolor: thinned(color, 0), font: { size: 11 } },
      hoverlabel: { bgcolor: paper, bordercolor: soft, font: { color: ink, size: 12 }, align: "left", namelength: -1 },
      modebar: { bgcolor: thinned(color, 0), color: thinned(color, 0.4), activecolor: ink },
    },
  };
}

/**
 * A colour `rgb(...)` with an opacity.
 * @param {string} color
 * @param {number} opacity
 */
function thinned(color, opacity) {
  return `rgba(${(color.match(/[\d.]+/g) ?? []).slice(0, 3).join(", ")}, ${opacity})`;
}
