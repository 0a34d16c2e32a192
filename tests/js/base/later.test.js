import assert from "node:assert/strict";
import test from "node:test";
import { Pause, Repaint } from "../../../explorer/ui/components/base/js/later.js";
import { recorder } from "../support.js";

test("the last work before a pause is done, once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const [first, last] = [recorder(), recorder()];
  const pause = new Pause();
  pause.after(100, first);
  t.mock.timers.tick(99);
  pause.after(100, last);
  t.mock.timers.tick(99);
  assert.equal(last.calls.length, 0);
  t.mock.timers.tick(1);
  assert.deepEqual([first.calls.length, last.calls.length], [0, 1]);
  pause.after(100, first);
  pause.stop();
  t.mock.timers.tick(1000);
  assert.equal(first.calls.length, 0);
});

test("what has changed is painted together at the next frame of the screen", () => {
  const frames = [];
  globalThis.requestAnimationFrame = (work) => frames.push(work);
  const paint = recorder();
  const repaint = new Repaint(paint);
  repaint.ask("a");
  repaint.ask("b", "a");
  assert.deepEqual([frames.length, paint.calls.length], [1, 0]);
  frames.shift()();
  assert.deepEqual(paint.calls, [[new Set(["a", "b"])]]);
  repaint.ask("c");
  frames.shift()();
  assert.deepEqual(paint.calls[1], [new Set(["c"])]);
});
