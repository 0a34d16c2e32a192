/** What was asked for and comes later, below what is seen. */

const PATIENCE_MS = 30_000;

/**
 * Scroll to an element of the page as soon as it is there.
 * @param {string} selector
 */
export function showWhenThere(selector) {
  const show = () => {
    const found = document.querySelector(selector);
    found?.scrollIntoView({ block: "start" });
    return found !== null;
  };
  if (show()) return;
  const watcher = new MutationObserver(() => show() && watcher.disconnect());
  watcher.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => watcher.disconnect(), PATIENCE_MS);
}
