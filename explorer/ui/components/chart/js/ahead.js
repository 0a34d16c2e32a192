/** A component without a face that loads plotly while there is nothing to draw yet. */

import { understood } from "../../viewer/js/carry.js";
import { library } from "./library.js";

export default function ahead({ data }) {
  library(understood(data).script).catch(() => {});  // the first chart asks again, and says so
}
