import assert from "node:assert/strict";
import test from "node:test";
import { dressed } from "../../../explorer/ui/components/chart/js/theme.js";

/** The template on a page of these colours. */
function on(color, backgroundColor) {
  globalThis.getComputedStyle = () => ({ color, backgroundColor, fontFamily: "serif" });
  return dressed({ parentElement: {} }).layout;
}

test("text and paper have the page's colours, and what stands back the text's at less strength", () => {
  const layout = on("rgb(250, 250, 250)", "rgb(14, 17, 23)");
  assert.equal(layout.font.color, "rgb(250, 250, 250)");
  assert.deepEqual([layout.paper_bgcolor, layout.plot_bgcolor], ["rgb(14, 17, 23)", "rgb(14, 17, 23)"]);
  assert.equal(layout.xaxis.gridcolor, "rgba(250, 250, 250, 0.15)");
  assert.equal(layout.legend.bgcolor, "rgba(250, 250, 250, 0)");
});

test("an opacity of the page's own is no part of it", () => {
  assert.equal(on("rgba(1, 2, 3, 0.9)", "rgb(0, 0, 0)").xaxis.gridcolor, "rgba(1, 2, 3, 0.15)");
});
