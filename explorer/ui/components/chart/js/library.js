/** Plotly, loaded once a page, from the app's own server. */

const KNOWN = Symbol.for("explorer-plotly");
const PATIENCE_MS = 150;

/**
 * @param {string} script address, relative to the page
 * @returns {Promise<Object>} plotly; refused where the script cannot be loaded, which may be asked for again
 */
export function library(script) {
  window[KNOWN] ??= loaded(script).catch((error) => {
    window[KNOWN] = undefined;
    throw error;
  });
  return window[KNOWN];
}

/** Fetch the script and do not start it: starting takes 0.4 s, for which first pictures would have to wait. */
export function fetchAhead(script) {
  if (window[KNOWN]) return;
  const link = Object.assign(document.createElement("link"), { rel: "preload", as: "script", href: addressOf(script) });
  document.head.append(link);
}

/** Plotly when it is time for charts: at once where it is there, else after the pictures that came with them. */
export async function libraryInTime(script) {
  if (!window[KNOWN]) await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  return library(script);
}

function loaded(script) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement("script"), { src: addressOf(script) });
    element.addEventListener("load", () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("no plotly"))));
    element.addEventListener("error", () => reject(new Error("not loaded")));
    document.head.append(element);
  });
}

function addressOf(script) {
  return new URL(script, document.baseURI).href;
}
