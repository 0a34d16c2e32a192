/** What the viewer says in words and figures: its controls, and texts for those who do not see the pictures. */

import { setText, short } from "./panels.js";
import { nearestInRatio } from "./shown.js";

/** Sliders, switches and figures as the viewer stands. */
export function writeControls(viewer) {
  const { parts, settings, shown } = viewer;
  if (settings) {
    const [movable, weighs] = [settings.betas.length > 1, settings.scorings.length > 0];
    parts.betas.hidden = !movable && !weighs;
    parts.betaSlide.hidden = parts.stripBox.hidden = !movable;
    parts.scoringSlide.hidden = !weighs;
    parts.beta.max = String(settings.betas.length - 1);
    parts.scoring.max = String(settings.scorings.length - 1);
    const beta = shown?.beta ?? viewer.beta;
    setValue(parts.beta, nearestInRatio(settings.betas.map(Number), beta).place);
    parts.beta.setAttribute("aria-valuetext", `training β ${short(beta)}`);
    setText(parts.betaText, short(beta));
    const scoring = shown?.scoringBeta ?? viewer.scoringBeta;
    if (weighs) setValue(parts.scoring, nearestInRatio(settings.scorings.map(Number), scoring).place);
    parts.scoring.setAttribute("aria-valuetext", `scoring β ${short(scoring)}`);
    setText(parts.scoringText, short(scoring));
    parts.linked.checked = settings.linked;
    parts.scoring.disabled = settings.linked;
  }
  setValue(parts.level, viewer.level);
  if (!shown || !viewer.activeLayer) return;
  const { scores } = shown;
  setText(parts.levelText, short(viewer.threshold));
  const percent = (100 * viewer.levelShare).toFixed(viewer.level > 750 ? 2 : 1);
  setText(parts.levelNote, `${percent} % of healthy pixels score lower, in every map`);
  parts.level.setAttribute("aria-valuetext", `${short(viewer.threshold)}, above ${percent} % of healthy pixels`);
  setText(parts.dice, rate(scores.dice(viewer.threshold)));
  setText(parts.sensitivity, rate(scores.sensitivity(viewer.threshold)));
  setText(parts.falsePositive, rate(scores.falsePositiveRate(viewer.threshold)));
}

/** Texts for those who do not see the pictures; set when a finger rests, not while it moves. */
export function describe(viewer) {
  clearTimeout(viewer.describing);
  viewer.describing = setTimeout(() => {
    viewer.shown.layers.forEach((layer, i) => {
      const [low, high] = viewer.range(layer);
      const figure = layer.predictor ? `, AUROC ${rate(viewer.shown.figure(layer.predictor, "auroc"))}` : "";
      viewer.panels.all[i].box.setAttribute(
        "aria-label", `${layer.caption}; colours from ${short(low)} to ${short(high)}${figure}`);
    });
    const layer = viewer.activeLayer;
    if (!layer) return;
    const at = `at threshold ${short(viewer.threshold)}: sensitivity ${viewer.parts.sensitivity.textContent}, ` +
      `false-positive rate ${viewer.parts.falsePositive.textContent}`;
    viewer.parts.roc.setAttribute("aria-label", `ROC curve of ${layer.title}, ${at}`);
    viewer.parts.histogram.setAttribute("aria-label", `Scores of ${layer.title}, healthy and anomalous, ${at}`);
    viewer.parts.strip.setAttribute("aria-label", `AUROC over training β; ${layer.title} at β ${short(viewer.shown.beta)}: ` +
      rate(viewer.shown.figure(layer.predictor, "auroc")));
  }, 250);
}

function setValue(input, place) {
  const text = String(place);
  if (input.value !== text) input.value = text;
}

/** A rate in three digits, a dash where it is not defined. */
export function rate(value) {
  return value === null || value === undefined || Number.isNaN(value) ? "–" : value.toFixed(3);
}
