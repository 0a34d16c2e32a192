/** Plotly, loaded once a page, from the app's own server. */

const PATIENCE_MS = 150;

/**
 * @typedef {Object} Plotly what is used of it
 * @property {(element: Element, data: Object[], layout: Object, config: Object) => Promise<unknown>} react
 * @property {(element: Element) => void} purge
 */

/** @typedef {{Plotly?: Plotly, explorerPlotly?: Promise<Plotly>}} Page what all components see, whose scopes differ */

const page = /** @type {Page} */ (/** @type {unknown} */ (globalThis));

/**
 * @param {string} script address, relative to the page
 * @returns {Promise<Plotly>} refused where the script cannot be loaded, which may be asked for again
 */
export function library(script) {
  page.explorerPlotly ??= loaded(script).catch((error) => {
    page.explorerPlotly = undefined;
    throw error;
  });
  return page.explorerPlotly;
}

/**
 * Fetch the script and do not start it: starting takes 0.4 s, for which first pictures would have to wait.
 * @param {string} script
 */
export function fetchAhead(script) {
  if (page.explorerPlotly) return;
  const link = Object.assign(document.createElement("link"), { rel: "preload", as: "script", href: addressOf(script) });
  document.head.append(link);
}

/**
 * Plotly when it is time for charts: at once where it is there, else after the pictures that came with them.
 * @param {string} script
 */
export async function libraryInTime(script) {
  if (!page.explorerPlotly) await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  return library(script);
}

/**
 * @param {string} script
 * @returns {Promise<Plotly>}
 */
function loaded(script) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement("script"), { src: addressOf(script) });
    element.addEventListener("load", () => (page.Plotly ? resolve(page.Plotly) : reject(new Error("no plotly"))));
    element.addEventListener("error", () => reject(new Error("not loaded")));
    document.head.append(element);
  });
}

/** @param {string} script */
function addressOf(script) {
  return new URL(script, document.baseURI).href;
}
