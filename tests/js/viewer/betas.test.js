import assert from "node:assert/strict";
import test from "node:test";
import { Betas } from "../../../explorer/ui/components/viewer/js/model/betas.js";
import { Shown } from "../../../explorer/ui/components/viewer/js/model/shown.js";
import { framesOf, part, recorder, settingsOf } from "../support.js";

function chosen(settings = settingsOf()) {
  const [changed, tell] = [recorder(), recorder()];
  const betas = new Betas(changed, tell);
  betas.take(settings, true);
  return { betas, tell, changed };
}

const first = () => new Shown(framesOf(part([1], { parts: 2 })));
const all = () => new Shown(framesOf(part([1], { parts: 2 }), part([0.1, 10], { number: 1, parts: 2 })));

test("the page's betas hold, unless a finger does or they are old", () => {
  const { betas } = chosen();
  assert.deepEqual([betas.training, betas.scoring], [1, 1]);
  betas.take(settingsOf({ beta: "10", scoring: "10" }), false);
  assert.equal(betas.training, 1);
  betas.hold();
  betas.take(settingsOf({ beta: "10" }), true);
  assert.equal(betas.training, 1);
  betas.letGo();
  betas.take(settingsOf({ beta: "10", scoring: "0.1", linked: false }), true);
  assert.deepEqual([betas.training, betas.scoring, betas.linked], [10, 0.1, false]);
});

test("a linked scoring beta follows, and places stay on the slider", () => {
  const { betas, changed } = chosen();
  betas.choose(9, all());
  assert.deepEqual([betas.training, betas.scoring], [10, 10]);
  assert.deepEqual(changed.calls.at(-1), ["frame"]);
  betas.take(settingsOf({ linked: false }), true);
  betas.choose(-5, all());
  assert.deepEqual([betas.training, betas.scoring], [0.1, 1]);
  betas.chooseScoring(99);
  assert.deepEqual([betas.training, betas.scoring], [0.1, 10]);
});

test("the page is told its own texts", () => {
  const { betas, tell } = chosen();
  betas.choose(0, all());
  betas.tellTraining();
  betas.chooseScoring(2);
  betas.tellScoring();
  betas.link(false);
  assert.deepEqual(tell.calls, [[{ beta: "0.1" }], [{ scoring: "10" }], [{ linked: false }]]);
});

test("a beta whose frame has not come is told when it has", () => {
  const { betas, tell } = chosen();
  betas.choose(2, first());
  assert.equal(betas.wanted, 10);
  betas.tellTraining();
  betas.arrived(first());
  assert.deepEqual([tell.calls, betas.wanted], [[], 10]);
  betas.arrived(all());
  assert.deepEqual([tell.calls, betas.wanted, betas.training], [[[{ beta: "10" }]], null, 10]);
});

test("a beta that is at hand, or that no frame will come for, is not waited for", () => {
  const { betas } = chosen();
  betas.choose(1, first());
  assert.equal(betas.wanted, null);
  betas.choose(2, new Shown(framesOf(part([1]))));
  assert.equal(betas.wanted, null);
});

test("it is not told while a finger still holds it", () => {
  const { betas, tell } = chosen();
  betas.hold();
  betas.choose(2, first());
  betas.arrived(all());
  assert.deepEqual([tell.calls, betas.wanted], [[], null]);
});

test("before the page says anything, the frames' beta holds", () => {
  const betas = new Betas(recorder(), recorder());
  betas.choose(0, all());
  assert.equal(betas.training, null);
  betas.arrived(all());
  assert.equal(betas.training, 1);
});

test("the scoring axis is gone along where the scoring beta does not follow", () => {
  const scoring = { betas: [0, 2, 9], current: 1, elbo: [1, 1, 1], figures: {} };
  const shown = new Shown(framesOf(part([1], { parts: 2 }), part([], { number: 1, parts: 2, scoring })));
  const { betas } = chosen(settingsOf({ linked: false, scoring: "10" }));
  assert.equal(betas.scoringPlace(shown), 2);
  assert.equal(betas.scoringPlace(all()), -1);
  betas.take(settingsOf(), true);
  assert.equal(betas.scoringPlace(shown), -1);
});
