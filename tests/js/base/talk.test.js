import assert from "node:assert/strict";
import test from "node:test";
import { Talk } from "../../../explorer/ui/components/base/js/page/talk.js";
import { recorder } from "../support.js";

function talking() {
  const [post, changed] = [recorder(), recorder()];
  return { talk: new Talk(post, changed), post, changed };
}

test("a change joins those on their way, under a greater number", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { talk, post } = talking();
  talk.tell({ beta: "1" });
  talk.tell({ linked: true });
  talk.tell({ beta: "2" });
  const messages = post.calls.map(([message]) => message);
  const [first] = messages;
  assert.deepEqual(messages.map(({ number, ...changes }) => [number - first.number, changes]), [
    [0, { beta: "1" }], [1, { beta: "1", linked: true }], [2, { beta: "2", linked: true }],
  ]);
});

test("settings are an answer once the last message was heard", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { talk, post } = talking();
  assert.ok(talk.idle);
  talk.tell({ beta: "1" });
  talk.tell({ beta: "2" });
  const [[first], [second]] = post.calls;
  talk.hear(0);
  talk.hear(first.number);
  assert.ok(!talk.idle);
  talk.hear(second.number);
  assert.ok(talk.idle);
  talk.tell({ linked: false });
  assert.deepEqual(Object.keys(post.calls[2][0]), ["linked", "number"]);
});

test("a page that does not answer for long is told once more", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { talk, post } = talking();
  talk.tell({ beta: "1" });
  t.mock.timers.tick(60_000);
  assert.deepEqual(post.calls[1], post.calls[0]);
  assert.equal(post.calls.length, 2);
});

test("a page that does not answer for long is silent, until it answers", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { talk, post, changed } = talking();
  talk.tell({ beta: "1" });
  t.mock.timers.tick(5900);
  assert.ok(!talk.silent);
  const before = changed.calls.length;
  t.mock.timers.tick(200);
  assert.ok(talk.silent && changed.calls.length === before + 1);
  talk.hear(post.calls[0][0].number);
  assert.ok(!talk.silent);
  talk.tell({ beta: "2" });
  talk.hear(post.calls.at(-1)[0].number);
  t.mock.timers.tick(10_000);
  assert.ok(!talk.silent);
});

test("without a connection nothing is posted; all that was told is, when it is back", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { talk, post } = talking();
  talk.connect(false);
  talk.tell({ beta: "1" });
  talk.tell({ linked: true });
  assert.equal(post.calls.length, 0);
  talk.connect(true);
  talk.connect(true);
  assert.equal(post.calls.length, 1);
  const [[{ beta, linked }]] = post.calls;
  assert.deepEqual([beta, linked], ["1", true]);
});
