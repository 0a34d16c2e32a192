/** Elements that a component's HTML has, by the names of its parts, and elements that are made. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * The part of this name (`data-part`).
 * @template {HTMLElement} T
 * @param {ParentNode} root
 * @param {string} name
 * @param {new () => T} kind
 * @returns {T}
 */
export function part(root, name, kind) {
  return found(root, `[data-part=${name}]`, kind);
}

/**
 * The first element that a selector finds; throws where it is not there, or of another kind.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T}
 */
export function found(root, selector, kind) {
  const element = root.querySelector(selector);
  if (!(element instanceof kind)) throw new Error(`there is no ${kind.name} at ${selector}`);
  return element;
}

/**
 * An SVG over the whole of a box, with a path of each class, in this order.
 * @param {Element} box
 * @param {string[]} classes
 * @returns {{svg: SVGSVGElement, paths: Object<string, SVGPathElement>}}
 */
export function overlay(box, classes) {
  const svg = box.appendChild(document.createElementNS(SVG, "svg"));
  svg.setAttribute("preserveAspectRatio", "none");
  /** @type {Object<string, SVGPathElement>} */
  const paths = {};
  for (const name of classes) {
    paths[name] = svg.appendChild(document.createElementNS(SVG, "path"));
    paths[name].setAttribute("class", name);
  }
  return { svg, paths };
}

/**
 * The element that has the keyboard, in a document or within a component.
 * @param {Element} element
 */
export function focusedBeside(element) {
  const root = element.getRootNode();
  return root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null;
}

/**
 * Whether a component fills the screen.
 * @param {Element} element of it
 */
export function fillsScreen(element) {
  const root = element.getRootNode();
  return (root instanceof ShadowRoot || root instanceof Document) && root.fullscreenElement !== null;
}
