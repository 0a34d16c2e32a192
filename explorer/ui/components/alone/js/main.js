/**
 * The page of a file that stands alone: it mounts a component as Streamlit would, tells it what the file holds, and
 * answers what the component tells a page, without being able to compute anything.
 *
 * The file has an element with `data-component`, the component's name, in which is a template of its styles and
 * elements, and scripts with `data-told`, bytes as base64: the component's constants, the page's settings, and packets.
 */

import { found } from "../../base/js/dom.js";

/** @typedef {import("../../base/js/page/mount.js").Component} Component */
/** @typedef {(component: Component) => unknown} Mount how Streamlit mounts a component */

/**
 * @param {Mount} component
 * @param {Mount} feed what hands something to it, see `feed.js`
 */
export default function alone(component, feed) {
  const host = found(document, "[data-component]", HTMLElement);
  const name = host.dataset.component ?? "";
  const [constants, said, ...packets] = [...document.querySelectorAll("script[data-told]")].map(bytesOf);
  const tell = (/** @type {Uint8Array} */ data, /** @type {Object} */ place) =>
    feed(/** @type {Component} */ ({ name: `${name}-feed`, data, parentElement: place }));

  const controls = {};
  let settings = { ...JSON.parse(new TextDecoder().decode(said)), alone: true };
  const say = () => tell(new TextEncoder().encode(JSON.stringify(settings)), controls);

  const parentElement = rootOf(host);
  /** @type {Component} */
  const place = {
    name, data: constants, parentElement,
    setTriggerValue(_, message) {
      const { number: heard, ...change } = /** @type {{number: number}} */ (message);
      settings = { ...settings, ...change, heard };
      say();
    },
  };
  component(place);
  say();
  for (const packet of packets) tell(packet, {});
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => component(place));
  found(parentElement, "section", HTMLElement).focus({ preventScroll: true });
}

/**
 * The bytes that an element holds as base64.
 * @param {Element} element
 */
function bytesOf({ textContent }) {
  const letters = atob(textContent ?? "");
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

/**
 * A root of its own for what is in the template of an element, so that its styles and the page's do not meet.
 * @param {Element} host
 */
function rootOf(host) {
  const root = host.attachShadow({ mode: "open" });
  root.append(found(host, "template", HTMLTemplateElement).content);
  return root;
}
