import assert from "node:assert/strict";
import test from "node:test";
import { Model } from "../../../explorer/ui/components/planes/js/model/model.js";
import { readout, scoreText, sliceText, statusOf } from "../../../explorer/ui/components/planes/js/model/words.js";
import { packetOf, recorder } from "../support.js";
import { headerOf, scanOf, scoresOf } from "./scene.js";

/** Bytes of a scan or map as the server sends them. */
function bytesOf({ header, ...volumes }) {
  const arrays = Object.entries(volumes).filter(([, volume]) => volume !== null);
  return packetOf(header, Object.fromEntries(arrays));
}

const mapBytes = (result = "r") => {
  const { header, codes, shape, low, step, scored } = scoresOf(result);
  return packetOf(header, { scores: { codes, shape, low, step }, scored });
};
const SETTINGS = { key: "k", result: "r", threshold: 100, profile: [1, null, 3], places: [{ place: [2, 1, 0] }] };

async function modelOf(...packets) {
  const [changed, tell] = [recorder(), recorder()];
  const model = new Model(changed, tell);
  for (const bytes of packets) await model.receive(bytes);
  return { model, tell, what: () => new Set(changed.calls.splice(0).flat()) };
}

test("a scan begins in its middle, whole and with its own window", async () => {
  const { model, what } = await modelOf(bytesOf(scanOf()));
  assert.deepEqual([model.at, model.view.window, model.view.scale], [[2, 2, 1], [0, 200], 1]);
  assert.deepEqual(model.keys, ["axial", "coronal", "sagittal", "seen"]);
  const dirty = what();
  assert.ok(["scan", "cuts", "layout", "controls"].every((one) => dirty.has(one)));
  assert.equal(model.shownScores, null);
});

test("the crosshair goes to the highest peak once a result", async () => {
  const { model } = await modelOf(bytesOf(scanOf()), mapBytes());
  model.take(SETTINGS, true);
  assert.deepEqual([model.at, model.slice, model.threshold], [[0, 2, 2], 2, 100]);
  model.go([3, 3, 0]);
  model.take(SETTINGS, true);
  assert.deepEqual(model.at, [3, 3, 0]);
  model.reset();
  assert.deepEqual(model.at, [0, 2, 2]);
});

test("scores are shown where scan, map and settings belong together", async () => {
  const { model } = await modelOf(bytesOf(scanOf()), mapBytes());
  assert.equal(model.shownScores, null);
  model.take(SETTINGS, true);
  assert.equal(model.shownScores, model.scores);
  model.take({ ...SETTINGS, result: "another" }, true);
  assert.equal(model.shownScores, null);
  await model.receive(bytesOf(scanOf({ key: "other" })));
  assert.equal(model.shownScores, null);
});

test("a packet that is here already is left alone, one that was overtaken dropped", async () => {
  const { model } = await modelOf(bytesOf(scanOf()));
  const { scan } = model;
  await model.receive(bytesOf(scanOf()));
  assert.equal(model.scan, scan);
  await Promise.all([model.receive(bytesOf(scanOf({ key: "slow" }))), model.receive(bytesOf(scanOf({ key: "new" })))]);
  assert.equal(model.scan.header.key, "new");
});

test("a pixel is gone to, kept inside, and so is a slice", async () => {
  const { model } = await modelOf(bytesOf(scanOf()));
  model.goToPixel("axial", 0, 0);
  assert.deepEqual(model.at, [3, 4, 1]);
  model.turnTo(false);
  model.goToPixel("axial", 0, 99);
  assert.deepEqual(model.at, [0, 0, 1]);
  model.through("axial", 1);
  model.through("coronal", 2);
  model.through("sagittal", -5);
  assert.deepEqual(model.at, [0, 2, 2]);
  model.through("seen", -1);
  assert.deepEqual([model.at, model.slice], [[0, 2, 1], 1]);
  model.scan.header.to_model = [[0, 0, 5, -3], [0, -0.5, 0, 2], [0.5, 0, 0, 0], [0, 0, 0, 1]];
  const slices = [0, 1, 2].map((z) => {
    model.go([0, 0, z]);
    return model.slice;
  });
  assert.deepEqual(slices, [0, 2, 2]);
});

test("zoom is about the crosshair, or one picture's point, and brings the crosshair along", async () => {
  const { model } = await modelOf(bytesOf(scanOf()));
  const seenAt = (key, [x]) => 0.5 + (x - model.view.zoomOf(key).x) * model.view.zoomOf(key).scale;
  const before = ["axial", "sagittal"].map((key) => seenAt(key, model.crossing(key)));
  assert.deepEqual(model.crossing("axial"), [1.5 / 4, 2.5 / 5]);
  model.zoomBy(1.2);
  model.view.pan("axial", -9, 0);
  model.go([0, 2, 1]);
  assert.ok(seenAt("axial", model.crossing("axial")) <= 1 + 1e-9);
  model.reset();
  model.zoomBy(2);
  ["axial", "sagittal"].forEach((key, i) => assert.ok(Math.abs(seenAt(key, model.crossing(key)) - before[i]) < 1e-12));
  model.zoomBy(2, "axial", [0.6, 0.5]);
  assert.equal(model.view.scale, 4);
  model.view.pan("axial", -9, 0);
  const at = seenAt("axial", model.crossing("axial"));
  assert.ok(at < 0 || at > 1);
  model.view.setWindow("axial", 0.1, 0);
  assert.equal(seenAt("axial", model.crossing("axial")), at);
  model.go(model.at);
  const [x] = model.crossing("axial");
  assert.ok(seenAt("axial", [x]) >= -1e-9 && seenAt("axial", [x]) <= 1 + 1e-9);
});

test("a held threshold is told when it is let go, and old settings do not move it", async () => {
  const { model, tell } = await modelOf(bytesOf(scanOf()), mapBytes());
  model.take(SETTINGS, true);
  model.holdThreshold(0.5);
  const { top } = model.scores;
  assert.deepEqual([model.threshold, tell.calls], [top / 2, []]);
  model.take(SETTINGS, true);
  assert.equal(model.threshold, top / 2);
  model.letGoOfThreshold();
  assert.deepEqual(tell.calls, [[{ threshold: top / 2 }]]);
  model.take(SETTINGS, false);
  assert.equal(model.threshold, top / 2);
  model.take({ ...SETTINGS, threshold: top / 2 }, true);
  model.askForMaps();
  assert.deepEqual(tell.calls[1], [{ slice: 2, plane: 2 }]);
});

test("which side is left is told to the page, which has a say where nothing is on its way", async () => {
  const { model, tell } = await modelOf(bytesOf(scanOf()));
  model.choose(false);
  assert.deepEqual([model.radiological, tell.calls.at(-1)], [false, [{ radiological: false }]]);
  model.take({ ...SETTINGS, radiological: true }, false);
  assert.equal(model.radiological, false);
  model.take({ ...SETTINGS, radiological: true }, true);
  assert.equal(model.radiological, true);
});

test("to the right is more contrast, downwards darker; what the network sees has no window", async () => {
  const { model } = await modelOf(bytesOf(scanOf()));
  model.view.setWindow("seen", 1, 1);
  assert.deepEqual(model.view.window, [0, 200]);
  model.view.setWindow("axial", 0.5, 0);
  assert.deepEqual(model.view.window, [50, 150]);
  model.view.setWindow("axial", 0, 1);
  assert.deepEqual(model.view.window, [100, 200]);
});

test("what is not known of sides is said", () => {
  const said = (more, radiological = true) => statusOf(headerOf(more), radiological);
  assert.match(said({})[0].text, /^Radiological convention: the right of the person/);
  assert.match(said({}, false)[0].text, /^Neurological convention: the left of the person/);
  assert.deepEqual(said({ picture: true }).map(({ bold }) => bold), [true]);
  const [, unsure, oblique, every] = said({ oriented: false, oblique: 17.2, every: 3 });
  assert.ok(unsure.bold && /may be swapped/.test(unsure.text));
  assert.match(oblique.text, /up to 17° off/);
  assert.match(every.text, /every third voxel/);
  assert.match(said({ every: 5 })[1].text, /every 5th voxel/);
});

test("position and values are read out", async () => {
  const { model } = await modelOf(bytesOf(scanOf()), mapBytes());
  model.take({ ...SETTINGS, healthy: { levels: [0, 1], quantiles: [0, 1000] } }, true);
  model.go([2, 4, 0]);
  assert.equal(readout(model), "x -8.0, y 28.0, z 0.0 mm (right, front, up) · voxel 2, 4, 0 · value 42 · " +
    "score 2 (above 0.2 % of healthy pixels) · black 0, white 200");
  model.go([2, 4, 1]);
  assert.match(readout(model), /not scored/);
  assert.equal(scoreText(3.14159), "3.14");
  assert.deepEqual([sliceText(4, 0.5), sliceText(4, null)], ["slice 4, score 0.5", "slice 4, not scored"]);
  const { model: picture } = await modelOf(bytesOf(scanOf({ picture: true, to_mm: null })));
  assert.match(readout(picture), /^row 2, column 2 · value/);
});

test("slices of the model's grid and places bear the numbers of the scan's planes", async () => {
  const toScan = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, -1, 2], [0, 0, 0, 1]];
  const { model } = await modelOf(bytesOf(scanOf({ to_scan: toScan })));
  assert.deepEqual([0, 1, 2].map((slice) => model.numberAt([slice])), [2, 1, 0]);
  assert.equal(model.numberAt([2, 1, 0]), 0);
});
