/** What the viewer says of itself: what is on its way, what went wrong, and that the last picture stands. */

import { short } from "./panels.js";

const WAIT_MS = 1500;

/**
 * Say it in the live region.
 * @param {import("./viewer.js").Viewer} viewer
 */
export function tell(viewer) {
  const { status } = viewer.parts;
  const [text, fault, again] = sentence(viewer);
  status.classList.toggle("fault", fault);
  if (status.dataset.text === text) return;
  status.dataset.text = text;
  status.replaceChildren(text);
  if (!again) return;
  const button = document.createElement("button");
  button.textContent = "Ask again";
  button.addEventListener("click", () => {
    document.dispatchEvent(new Event("explorer-hungry"));
    viewer.release({ again: true });
  });
  status.append(button);
}

/** @returns {[string, boolean, boolean]} the text, whether it tells a fault, whether asking again may help */
function sentence(viewer) {
  const { server, shown, settings, panels, beta } = viewer;
  const stands = shown ? "the last picture stands" : "nothing to show yet";
  if (!server.connected) {
    return [`No connection to the server: ${stands}, and all that is here can still be moved.`, true, false];
  }
  if (shown && panels.roomy === false) return ["The window is too small for these panels: make it wider, or choose fewer maps.", true, false];
  if (viewer.note) return [viewer.note, true, false];
  if (viewer.broken) return [`A packet of frames arrived damaged: ${stands}.`, true, true];
  if (server.silent) return [`The server has not answered yet: ${stands}.`, true, true];
  const missing = !shown || !shown.header.complete || (settings && settings.slice !== shown.header.slice);
  if (!missing || server.running) viewer.restingSince = undefined;
  if (missing && !server.running && late(viewer)) return [`Frames that were asked for have not come: ${stands}.`, true, true];
  if (!shown) return ["The first picture is on its way.", false, false];
  if (missing) {
    const snapped = viewer.wanted !== null ? ` β ${short(viewer.wanted)} is not here yet, this is β ${short(shown.beta)}.` : "";
    return [`Frames of the other betas are on their way.${snapped}`, false, false];
  }
  if (!shown.nearest(beta ?? shown.beta).exact) return [`The nearest frame is β ${short(shown.beta)}.`, false, false];
  if (shown.header.betas.length === 1) return [`${shown.header.name}: complete; this model has one β.`, false, false];
  const linked = settings?.linked === false ? "" : " and scoring";
  const here = `${shown.header.name}: training${linked} β ${short(shown.beta)}, ${shown.header.betas.length} betas at hand.`;
  return [here + elsewhere(shown), false, false];
}

/** Which maps take so many passes that they were computed for one training beta alone, and stand for that one. */
function elsewhere(shown) {
  const found = shown.header.predictors.filter((predictor) => shown.elsewhere(predictor));
  if (!found.length) return "";
  const titles = found.map(({ title }) => title).join(", ");
  return ` ${titles}: still for β ${short(found[0].only_beta)}; computed anew once you let go.`;
}

/** Whether something has been missing for a while although the server rests; looks again by itself. */
function late(viewer) {
  const now = performance.now();
  if (viewer.restingSince === undefined) {
    viewer.restingSince = now;
    setTimeout(() => viewer.changed("status"), WAIT_MS + 50);
  }
  return now - viewer.restingSince > WAIT_MS;
}

/** Say something once, for as long as it helps. */
export function mention(viewer, text) {
  viewer.note = text;
  clearTimeout(viewer.noting);
  viewer.noting = setTimeout(() => {
    viewer.note = "";
    viewer.changed("status");
  }, 5000);
  viewer.changed("status");
}
