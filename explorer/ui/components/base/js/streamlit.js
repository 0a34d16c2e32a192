/**
 * What Streamlit shows of itself on the page, which it does not document: whether there is a server, whether the script
 * runs. Without these attributes the connection counts as there and the script as resting.
 */

export class Server {
  /** @param {() => void} changed called when anything below is another than before */
  constructor(changed) {
    this.changed = changed;
    this.connected = true;
    this.running = false;
    /** @type {?HTMLElement} */
    this.app = document.querySelector("[data-testid=stApp]");
    this.observer = new MutationObserver(() => this.look());
    if (this.app) this.observer.observe(this.app, { attributes: true });
    this.wentOffline = () => this.look();
    window.addEventListener("online", this.wentOffline);
    window.addEventListener("offline", this.wentOffline);
  }

  look() {
    const { testConnectionState = "CONNECTED", testScriptState } = this.app?.dataset ?? {};
    const connected = testConnectionState === "CONNECTED" && navigator.onLine;
    const running = testScriptState === "running";
    if (connected === this.connected && running === this.running) return;
    this.connected = connected;
    this.running = running;
    this.changed();
  }

  stop() {
    this.observer.disconnect();
    window.removeEventListener("online", this.wentOffline);
    window.removeEventListener("offline", this.wentOffline);
  }
}
