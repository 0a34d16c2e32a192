import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { fetchAhead, library, libraryInTime } from "../../../explorer/ui/components/chart/js/library.js";

let added;

/** An element of a page that is not there. */
class Element extends EventTarget {
  constructor(name) {
    super();
    this.name = name;
  }
}

beforeEach(() => {
  added = [];
  globalThis.document = {
    baseURI: "http://here/base/scans",
    createElement: (name) => new Element(name),
    head: { append: (element) => added.push(element) },
  };
  Object.assign(globalThis, { Plotly: undefined, explorerPlotly: undefined });
});

/** The script that was added last is there. */
function arrive() {
  globalThis.Plotly = { react: () => {} };
  added.at(-1).dispatchEvent(new Event("load"));
}

test("the script is asked for once, beside the page, and all who ask get the same", async () => {
  const asked = [library("plotly.js"), library("plotly.js")];
  assert.deepEqual(added.map(({ name, src }) => [name, src]), [["script", "http://here/base/plotly.js"]]);
  arrive();
  assert.deepEqual(await Promise.all(asked), [globalThis.Plotly, globalThis.Plotly]);
});

test("what could not be loaded is refused, and may be asked for again", async () => {
  const asked = library("plotly.js");
  added[0].dispatchEvent(new Event("error"));
  await assert.rejects(asked);
  const again = library("plotly.js");
  assert.equal(added.length, 2);
  arrive();
  assert.equal(await again, globalThis.Plotly);
});

test("a script that brings no plotly is refused", async () => {
  const asked = library("plotly.js");
  added[0].dispatchEvent(new Event("load"));
  await assert.rejects(asked);
});

test("it is fetched ahead without being started, and not where it is there", () => {
  fetchAhead("plotly.js");
  assert.deepEqual(added.map(({ name, rel, as }) => [name, rel, as]), [["link", "preload", "script"]]);
  library("plotly.js");
  fetchAhead("plotly.js");
  assert.equal(added.length, 2);
});

test("the first chart waits for the pictures that came with it, later ones do not", async () => {
  const first = libraryInTime("plotly.js");
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(added.length, 0);
  await new Promise((resolve) => setTimeout(resolve, 150));
  arrive();
  assert.equal(await first, globalThis.Plotly);
  const began = performance.now();
  await libraryInTime("plotly.js");
  assert.ok(performance.now() - began < 50);
});
