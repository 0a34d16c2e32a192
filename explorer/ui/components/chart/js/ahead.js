/** A component without a face that loads plotly while there is nothing to draw yet. */

import { understood } from "../../base/js/mount.js";
import { library } from "./library.js";

/** @param {import("../../base/js/mount.js").Component} component */
export default function ahead({ data }) {
  library(understood(data).script).catch(() => {}); // the first chart asks again, and says so
}
