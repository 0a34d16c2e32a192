/**
 * The planes: their model, painted at most once a frame of the screen, and the hands and the page that change it.
 *
 * `model` knows of no page, `painting` reads it and writes canvases and texts, `hands` turn events into its changes.
 */

import { Repaint } from "../../base/js/later.js";
import { Talk } from "../../base/js/page/talk.js";
import { connectControls, connectProfile } from "./hands/controls.js";
import { listenToKeys } from "./hands/keys.js";
import { connectPictures } from "./hands/pictures.js";
import { Model } from "./model/model.js";
import { Painter } from "./painting/painter.js";

export class Planes {
  /**
   * @param {ShadowRoot} root
   * @param {import("./painting/painter.js").Constants} constants
   * @param {(message: Object) => void} post
   */
  constructor(root, constants, post) {
    this.repaint = new Repaint((dirty) => this.painter.paint(this.model, dirty));
    const changed = (/** @type {string[]} */ ...what) => this.repaint.ask(...what);
    this.talk = new Talk(post, () => {});
    this.model = new Model(changed, (change) => this.talk.tell(change));
    this.painter = new Painter(root, constants, changed, (place) => this.model.goToModel(place));
    const { pictures, profile } = this.painter;
    connectControls(root, this.model);
    connectProfile(profile.chart, this.model);
    connectPictures(pictures, this.model);
    listenToKeys(root, this.model, pictures, profile.chart.canvas);
    changed("controls");
  }

  /** @param {Uint8Array} bytes a packet of a scan or of its map */
  receive(bytes) {
    return this.model.receive(bytes);
  }

  /**
   * What the page knows.
   * @param {import("./model/scan.js").Settings & {heard: number}} settings
   */
  setSettings(settings) {
    this.talk.hear(settings.heard);
    this.model.take(settings, this.talk.idle);
  }

  /** The theme changed. */
  restyle() {
    this.repaint.ask("profile");
  }

  stop() {
    this.repaint.stop();
    this.talk.stop();
    this.painter.stop();
  }
}
