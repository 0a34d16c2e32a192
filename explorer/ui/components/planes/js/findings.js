/** What the map found: the profile of slice scores, and the list of the most anomalous places. */

import { short } from "../../viewer/js/panels.js";

const CURVE = "#0072B2";
const MASKED = "#2ee6c5";

/** Draw the slices' scores, those that the true mask touches marked below, and where the crosshair is. */
export function drawProfile(planes) {
  const { chart, settings } = planes;
  const { profile = [], anomalous = [] } = settings;
  if (!chart.begin(getComputedStyle(planes.element).color)) return;
  const known = profile.filter((value) => value !== null);
  if (!known.length) return;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const c = chart.context;
  const x = (slice) => chart.x(profile.length > 1 ? slice / (profile.length - 1) : 0.5);
  const y = (value) => chart.y(0.04 + (0.92 * (value - low)) / Math.max(high - low, 1e-12));
  c.fillStyle = MASKED;
  const wide = chart.width / Math.max(profile.length - 1, 1);
  for (const slice of anomalous) c.fillRect(x(slice) - wide / 2, chart.top + chart.height - 4, wide, 4);
  c.fillStyle = chart.ink;
  chart.axes(short(low), short(high), "slice 0, below", `slice ${profile.length - 1}, above`);
  chart.line(CURVE, 1.6);
  let open = false;
  profile.forEach((value, slice) => {
    if (value === null) {
      open = false;
      return;
    }
    if (open) c.lineTo(x(slice), y(value));
    else c.moveTo(x(slice), y(value));
    open = true;
  });
  chart.stroke();
  const here = planes.slice;
  chart.line(chart.ink, 1, [3, 3]);
  c.moveTo(x(here), chart.top);
  c.lineTo(x(here), chart.top + chart.height);
  chart.stroke();
  const score = profile[here];
  const said = score === null || score === undefined ? "not scored" : `score ${short(score)}`;
  planes.parts.profile.title = `slice ${here}, ${said}`;
  const attributes = { min: 0, max: profile.length - 1, now: here, text: `slice ${here}, ${said}` };
  for (const [name, value] of Object.entries(attributes)) planes.parts.profile.setAttribute(`aria-value${name}`, value);
}

/** The slice under a point of the profile. */
export function sliceAt(planes, clientX) {
  const { chart, settings } = planes;
  const box = planes.parts.profile.getBoundingClientRect();
  const share = Math.min(Math.max((clientX - box.left - chart.left) / chart.width, 0), 1);
  return Math.round(share * ((settings.profile ?? [0]).length - 1));
}

/** Fill the table of places. */
export function listPlaces(planes) {
  const { settings, parts } = planes;
  const places = settings.places ?? [];
  parts.places.replaceChildren(...places.map((place, i) => {
    const row = document.createElement("tr");
    const button = document.createElement("button");
    button.textContent = String(i + 1);
    button.setAttribute("aria-label", `Go to place ${i + 1}`);
    row.insertCell().append(button);
    const healthy = place.healthy === null ? "–" : `${(100 * place.healthy).toFixed(2)} %`;
    for (const text of [place.ml === null ? "–" : place.ml.toFixed(2), short(place.peak), healthy, String(place.place[0])]) {
      row.insertCell().textContent = text;
    }
    row.addEventListener("click", () => planes.goToModel(place.place));
    return row;
  }));
  parts.placesNote.textContent = settings.note ?? "";
}
