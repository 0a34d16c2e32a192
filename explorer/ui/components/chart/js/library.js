/** Plotly, loaded once a page, from the app's own server. */

const KNOWN = Symbol.for("explorer-plotly");

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

function loaded(script) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = new URL(script, document.baseURI).href;
    element.addEventListener("load", () => (window.Plotly ? resolve(window.Plotly) : reject(new Error("no plotly"))));
    element.addEventListener("error", () => reject(new Error("not loaded")));
    document.head.append(element);
  });
}
