/**
 * What Streamlit shows of itself on the page, which it does not document: whether there is a server, whether the script
 * runs. Where to look is told by `explorer.ui.streamlit.selectors`. What cannot be found counts as well: the server as
 * connected, the script as running.
 */

/**
 * @typedef {Object} Names
 * @property {string} app selects the element with the attributes
 * @property {string} connection attribute
 * @property {string} connected its value while there is a server
 * @property {string} script attribute
 * @property {string} running its value while the script runs
 */

export class Server {
  /**
   * @param {Names | undefined} names none where there is no server that could be lost
   * @param {() => void} changed called when anything below is another than before
   */
  constructor(names, changed) {
    this.names = names;
    this.changed = changed;
    this.connected = true;
    this.running = false;
    /** @type {?HTMLElement} */
    this.app = names ? document.querySelector(names.app) : null;
    this.observer = new MutationObserver(() => this.look());
    if (this.app) this.observer.observe(this.app, { attributes: true });
    this.wentOffline = () => this.look();
    window.addEventListener("online", this.wentOffline);
    window.addEventListener("offline", this.wentOffline);
  }

  look() {
    const connected = this.says("connection", "connected") && (navigator.onLine || !this.names);
    const running = this.says("script", "running");
    if (connected === this.connected && running === this.running) return;
    this.connected = connected;
    this.running = running;
    this.changed();
  }

  /**
   * Whether an attribute says this, or is not there.
   * @param {"connection" | "script"} attribute
   * @param {"connected" | "running"} value
   */
  says(attribute, value) {
    const said = this.names && this.app?.getAttribute(this.names[attribute]);
    return !said || said === this.names?.[value];
  }

  stop() {
    this.observer.disconnect();
    window.removeEventListener("online", this.wentOffline);
    window.removeEventListener("offline", this.wentOffline);
  }
}
