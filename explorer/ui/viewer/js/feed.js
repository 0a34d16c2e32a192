/** Carries what the server sends to the viewer, once, and again to a viewer that is mounted later. */

const carried = new WeakMap();

export default function feed({ data, parentElement }) {
  const known = carried.get(parentElement);
  const tell = (detail) => document.dispatchEvent(new CustomEvent("explorer-feed", { detail }));
  if (known) {
    known.data = data;
    tell(data);
    return undefined;
  }
  const mine = { data };
  const again = () => tell(mine.data);
  carried.set(parentElement, mine);
  document.addEventListener("explorer-hungry", again);
  tell(data);
  return () => {
    carried.delete(parentElement);
    document.removeEventListener("explorer-hungry", again);
  };
}
