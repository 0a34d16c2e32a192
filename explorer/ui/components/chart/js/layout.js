/** What is told to plotly beside a figure. */

const BUTTONS = ["toImage", "zoom2d", "pan2d", "resetScale2d"];

/**
 * The buttons of a figure, and how it is saved.
 * @param {string} title
 */
export function configOf(title) {
  return {
    displaylogo: false,
    displayModeBar: true,
    showTips: false,
    modeBarButtons: [BUTTONS],
    toImageButtonOptions: { format: "svg", filename: title.replace(/\W+/g, "-").toLowerCase() },
  };
}

/**
 * Set values of a layout by their paths, e.g. `xaxis.type`.
 * @param {Record<string, any>} layout
 * @param {Record<string, unknown>} values
 */
export function change(layout, values) {
  for (const [path, value] of Object.entries(values)) {
    const names = path.split(".");
    const last = /** @type {string} */ (names.pop());
    names.reduce((part, name) => part[name], layout)[last] = value;
  }
}
