/**
 * The viewer: its model, painted at most once a frame of the screen, and the hands and the page that change it.
 *
 * `model` knows of no page, `painting` reads it and writes canvases and texts, `hands` turn events into its changes.
 */

import { Repaint } from "../../base/js/later.js";
import { Server } from "../../base/js/page/streamlit.js";
import { Talk } from "../../base/js/page/talk.js";
import { listenToKeys } from "./hands/keys.js";
import { connectLink } from "./hands/link.js";
import { Look } from "./hands/look.js";
import { connectPictures } from "./hands/pictures.js";
import { connectSaving } from "./hands/save.js";
import { BetaSliders, connectThreshold } from "./hands/sliders.js";
import { click, connectTools } from "./hands/tools.js";
import { Model } from "./model/model.js";
import { Painter } from "./painting/painter.js";

export class Viewer {
  /**
   * @param {ShadowRoot} root
   * @param {import("./painting/painter.js").Constants} constants
   * @param {(message: Object) => void} post
   * @param {() => void} hungry has all frames and settings told again
   * @param {(look: Object) => void} whisper tells the page how things are shown
   */
  constructor(root, constants, post, hungry, whisper) {
    this.repaint = new Repaint((dirty) => this.paint(dirty));
    const changed = (/** @type {string[]} */ ...what) => this.repaint.ask(...what);
    this.talk = new Talk(post, () => changed("status"));
    this.server = new Server(constants.streamlit, () => {
      this.talk.connect(this.server.connected);
      changed("status");
    });
    this.model = new Model(changed, (change) => this.talk.tell(change));
    this.look = new Look(this.model, whisper);
    this.painter = new Painter(root, constants, changed);
    this.betas = new BetaSliders(root, this.model);
    this.connect(root, hungry);
    this.server.look();
    changed("controls", "status");
  }

  /**
   * @param {ShadowRoot} root
   * @param {() => void} hungry
   */
  connect(root, hungry) {
    const { model, painter } = this;
    connectThreshold(root, model, painter.roc);
    connectTools(root, model);
    connectPictures(painter.panels, model);
    connectSaving(root, model, painter);
    connectLink(root, model);
    listenToKeys(root, model, painter.panels, this.betas);
    click(root, "again", () => {
      hungry();
      this.talk.tell({ again: true });
    });
  }

  /**
   * What the page's controls say.
   * @param {import("./model/model.js").Settings & {heard: number}} settings
   */
  setSettings(settings) {
    this.talk.hear(settings.heard);
    this.model.take(settings, this.talk.idle);
    this.look.take(settings.look);
  }

  /** @param {Uint8Array} bytes a packet of frames */
  receive(bytes) {
    return this.model.receive(bytes);
  }

  /** @param {Set<string>} dirty */
  paint(dirty) {
    if (dirty.has("frame")) this.model.follow();
    const { connected, running } = this.server;
    this.painter.paint(this.model, dirty, { connected, running, silent: this.talk.silent });
    this.look.notice();
  }

  /** The theme changed. */
  restyle() {
    this.repaint.ask("frame", "charts");
  }

  stop() {
    this.repaint.stop();
    this.talk.stop();
    this.server.stop();
    this.look.stop();
    this.model.stop();
    this.betas.stop();
    this.painter.stop();
  }
}
