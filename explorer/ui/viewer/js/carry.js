/** What a component without a face does with its data: it tells them as events, and again to who comes later. */

const carried = new WeakMap();

/**
 * Tell the data now, and again whenever somebody is hungry.
 * @param {{data: any, parentElement: Object}} component as Streamlit mounts it
 * @param {string} event name under which the data are told
 * @param {string} hungry name of the event that asks for them
 */
export function carry({ data, parentElement }, event, hungry) {
  const known = carried.get(parentElement);
  const tell = (detail) => document.dispatchEvent(new CustomEvent(event, { detail }));
  if (known) {
    known.data = data;
    tell(data);
    return undefined;
  }
  const mine = { data };
  const again = () => tell(mine.data);
  carried.set(parentElement, mine);
  document.addEventListener(hungry, again);
  tell(data);
  return () => {
    carried.delete(parentElement);
    document.removeEventListener(hungry, again);
  };
}
