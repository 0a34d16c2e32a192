import assert from "node:assert/strict";
import test from "node:test";
import { change, configOf } from "../../../explorer/ui/components/chart/js/layout.js";

test("values are set by their paths, and all else stays", () => {
  const layout = { xaxis: { type: "linear", title: { text: "x" } }, yaxis: { type: "linear" } };
  change(layout, { "xaxis.type": "log", "xaxis.range": [-4, 0], "xaxis.title.text": "log x" });
  assert.deepEqual(layout, {
    xaxis: { type: "log", title: { text: "log x" }, range: [-4, 0] }, yaxis: { type: "linear" },
  });
});

test("a figure is saved as SVG under its title, in letters that every disk takes", () => {
  const { toImageButtonOptions } = configOf("Cohort of 16: ROC and β/γ");
  assert.equal(toImageButtonOptions.format, "svg");
  assert.match(toImageButtonOptions.filename, /^cohort-of-16-roc-and-[a-z0-9-]*$/);
});
