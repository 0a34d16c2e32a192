/** The way to the server: what was asked, whether it was heard, and whether anybody listens. */

const PATIENCE_MS = 6000;

export class Server {
  /**
   * @param {(change: Object) => void} post
   * @param {() => void} changed called when anything below is another than before
   */
  constructor(post, changed) {
    this.post = post;
    this.changed = changed;
    this.number = Date.now();
    this.heard = 0;
    /** @type {?Object} what is on its way */
    this.pending = null;
    this.silent = false;
    this.connected = true;
    this.running = false;
    this.app = document.querySelector("[data-testid=stApp]");
    this.observer = new MutationObserver(() => this.look());
    if (this.app) this.observer.observe(this.app, { attributes: true });
    this.wentOffline = () => this.look();
    window.addEventListener("online", this.wentOffline);
    window.addEventListener("offline", this.wentOffline);
    this.look();
  }

  /** Ask for a change; a newer one takes the place of one that is still on its way. */
  send(change) {
    this.pending = { ...(this.pending ?? {}), ...change, number: ++this.number };
    this.silent = false;
    if (this.connected) this.post(this.pending);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.silent = this.pending !== null;
      this.changed();
    }, PATIENCE_MS);
    this.changed();
  }

  /** Whether nothing newer is on its way than what these settings answer. */
  hear(number) {
    this.heard = number;
    if (this.pending && this.pending.number <= number) {
      this.pending = null;
      this.silent = false;
      clearTimeout(this.timer);
    }
    return this.pending === null;
  }

  look() {
    const state = this.app?.dataset.testConnectionState ?? "CONNECTED";
    const connected = state === "CONNECTED" && navigator.onLine !== false;
    const running = this.app?.dataset.testScriptState === "running";
    if (connected === this.connected && running === this.running) return;
    const back = connected && !this.connected;
    this.connected = connected;
    this.running = running;
    if (back && this.pending) this.post(this.pending);
    this.changed();
  }

  stop() {
    this.observer.disconnect();
    clearTimeout(this.timer);
    window.removeEventListener("online", this.wentOffline);
    window.removeEventListener("offline", this.wentOffline);
  }
}
