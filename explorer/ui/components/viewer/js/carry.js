/** What a component without a face does with its data: it tells them as events, and again to who comes later. */

const carried = new WeakMap();
const BRACE = "{".charCodeAt(0);

/**
 * What a component got: bytes that begin with a brace are JSON, all others are a packet.
 * @param {Uint8Array} data
 */
export function understood(data) {
  return data[0] === BRACE ? JSON.parse(new TextDecoder().decode(data)) : data;
}

/**
 * Tell the data now, and again whenever somebody is hungry.
 * @param {{data: Uint8Array, parentElement: Object}} component as Streamlit mounts it
 * @param {string} event name under which the data are told
 * @param {string} hungry name of the event that asks for them
 */
export function carry({ data, parentElement }, event, hungry) {
  const known = carried.get(parentElement);
  const content = understood(data);
  const tell = (detail) => document.dispatchEvent(new CustomEvent(event, { detail }));
  if (known) {
    known.content = content;
    tell(content);
    return undefined;
  }
  const mine = { content };
  const again = () => tell(mine.content);
  carried.set(parentElement, mine);
  document.addEventListener(hungry, again);
  tell(content);
  return () => {
    carried.delete(parentElement);
    document.removeEventListener(hungry, again);
  };
}
