/** A link to the page as it is, with what the address has not been told yet. */

import { textsOf } from "./look.js";
import { click } from "./tools.js";

/** @typedef {import("../model/model.js").Model} Model */

/**
 * @param {ShadowRoot} root
 * @param {Model} model
 */
export function connectLink(root, model) {
  click(root, "link", () => {
    const link = linkOf(location.href, model);
    // Browsers hand the clipboard to pages from this machine or by HTTPS alone.
    const copied = navigator.clipboard?.writeText(link) ?? Promise.reject(new Error("no clipboard"));
    copied.then(() => model.say(saidOf(model)), () => model.say(
      "This browser hands no clipboard to this page: copy the address from its address bar.",
    ));
  });
}

/**
 * @param {string} address of the page
 * @param {Model} model
 */
export function linkOf(address, model) {
  const link = new URL(address);
  for (const [key, text] of Object.entries(textsOf(model))) {
    if (text) link.searchParams.set(key, text);
    else link.searchParams.delete(key);
  }
  return link.href;
}

/** @param {Model} model */
function saidOf({ settings }) {
  return settings?.own
    ? "The link is copied; the slice of your own scan is not in it, as it stays in this session."
    : "The link is copied: it shows all of this again.";
}
