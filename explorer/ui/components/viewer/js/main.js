/** The component: one viewer for each place on the page. */

import { mountedAndFed } from "../../base/js/page/mount.js";
import { Viewer } from "./viewer.js";

export default mountedAndFed((...given) => new Viewer(...given));
