/**
 * How components are mounted and told what to show.
 *
 * What is seen never changes for Streamlit, which therefore never mounts it anew, but for a player of films. A
 * component of the name N is fed by those of the name N-feed (`feed.js`): their data are told as events of that name on
 * the document, whenever they change and whenever somebody is hungry (an event N-feed-hungry). What it whispers, for
 * which the page need not run, it tells by events N-ear to a component of that name (`ear.js`).
 */

const BRACE = "{".charCodeAt(0);

/**
 * @typedef {Object} Component as Streamlit mounts it
 * @property {string} name
 * @property {Uint8Array} data
 * @property {ShadowRoot} parentElement
 * @property {(trigger: string, value: Object) => void} setTriggerValue
 */

/** @typedef {(change: Object) => void} Post tells the page, before it runs again */

/**
 * @template T
 * @typedef {Object} Making how a component is made and goes on
 * @property {string} trigger name under which it tells the page what a person did
 * @property {(component: Component, post: Post) => T} make
 * @property {(made: T, component: Component) => void} again mounted anew: with other data, or when the theme changed
 * @property {(made: T) => void} stop
 */

/**
 * What a component got: bytes that begin with a brace are JSON, all others are a packet.
 * @param {Uint8Array} data
 */
export function understood(data) {
  return data[0] === BRACE ? JSON.parse(new TextDecoder().decode(data)) : data;
}

/**
 * Name of the event that asks for what was told under a name.
 * @param {string} event
 */
export function hungryFor(event) {
  return `${event}-hungry`;
}

/**
 * Hear what a component is fed with: all that is there now, and what comes later.
 * @param {string} name of the component
 * @param {(told: any) => void} take
 * @returns {() => void} no longer hears
 */
export function hear(name, take) {
  const event = `${name}-feed`;
  const receive = (/** @type {Event} */ told) => take(/** @type {CustomEvent} */ (told).detail);
  document.addEventListener(event, receive);
  hunger(name);
  return () => document.removeEventListener(event, receive);
}

/**
 * Have all told again that a component is fed with.
 * @param {string} name of the component
 */
function hunger(name) {
  document.dispatchEvent(new Event(hungryFor(`${name}-feed`)));
}

/**
 * Tell the page something for which it need not run.
 * @param {string} name of the component
 * @param {Object} change
 */
function whisper(name, change) {
  document.dispatchEvent(new CustomEvent(`${name}-ear`, { detail: change }));
}

/**
 * A function for Streamlit to mount a component by.
 * @template T
 * @param {Making<T>} making
 * @returns {(component: Component) => ((() => void)|undefined)}
 */
export function mounted({ trigger, make, again, stop }) {
  /** @type {WeakMap<ShadowRoot, {made: T, component: Component}>} */
  const all = new WeakMap();
  return (component) => {
    const { parentElement } = component;
    const known = all.get(parentElement);
    if (known) {
      known.component = component;
      again(known.made, component);
      return undefined;
    }
    const post = (/** @type {Object} */ change) => all.get(parentElement)?.component.setTriggerValue(trigger, change);
    const made = make(component, post);
    all.set(parentElement, { made, component });
    return () => {
      all.delete(parentElement);
      stop(made);
    };
  };
}

/**
 * @typedef {Object} Fed a component that is fed by others, see above
 * @property {(bytes: Uint8Array) => unknown} receive takes a packet
 * @property {(settings: any) => void} setSettings takes what the page says as JSON
 * @property {() => void} restyle the theme changed
 * @property {() => void} stop
 */

/**
 * A function for Streamlit to mount a component by that is fed.
 * @template {Fed} T
 * @param {(root: ShadowRoot, constants: any, post: Post, hungry: () => void, whisper: Post) => T} make `hungry` has all
 * told again; what is whispered reaches the page through `ear.js`
 */
export function mountedAndFed(make) {
  /** @type {WeakMap<T, () => void>} */
  const deaf = new WeakMap();
  return mounted({
    trigger: "moved",
    make: ({ name, data, parentElement }, post) => {
      const made = make(parentElement, understood(data), post, () => hunger(name), (change) => whisper(name, change));
      const take = (/** @type {unknown} */ told) =>
        (told instanceof Uint8Array ? made.receive(told) : made.setSettings(told));
      deaf.set(made, hear(name, take));
      return made;
    },
    again: (made) => made.restyle(),
    stop: (made) => {
      deaf.get(made)?.();
      made.stop();
    },
  });
}
