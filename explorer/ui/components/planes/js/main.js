/** The component: planes of one scan. */

import { mountedAndFed } from "../../base/js/page/mount.js";
import { Planes } from "./planes.js";

export default mountedAndFed((root, constants, post) => new Planes(root, constants, post));
