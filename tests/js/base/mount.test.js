import assert from "node:assert/strict";
import test from "node:test";
import feed from "../../../explorer/ui/components/base/js/page/feed.js";
import { mounted, mountedAndFed, understood } from "../../../explorer/ui/components/base/js/page/mount.js";
import { recorder } from "../support.js";

const page = (globalThis.document = new EventTarget());

const json = (content) => new TextEncoder().encode(JSON.stringify(content));
const root = () => ({});

/** A component that remembers what it was told. */
function remembering() {
  const told = [];
  const mount = mountedAndFed((_, constants, post, hungry) => ({
    constants, post, hungry,
    receive: (bytes) => told.push([...bytes]),
    setSettings: (settings) => told.push(settings),
    restyle: () => told.push("restyled"),
    stop: () => told.push("stopped"),
  }));
  return { mount, told };
}

test("bytes that begin with a brace are JSON, all others a packet", () => {
  assert.deepEqual(understood(json({ a: "β" })), { a: "β" });
  const packet = Uint8Array.of(88, 80);
  assert.equal(understood(packet), packet);
});

test("what is fed arrives now, and again at who comes later, each by its own name", () => {
  const { mount, told } = remembering();
  const packet = Uint8Array.of(88, 1);
  const early = feed({ name: "one-feed", data: json({ early: 1 }), parentElement: root() });
  const stop = mount({ name: "one", data: json({}), parentElement: root(), setTriggerValue() {} });
  assert.deepEqual(told, [{ early: 1 }]);
  const place = root();
  const late = feed({ name: "one-feed", data: packet, parentElement: place });
  feed({ name: "other-feed", data: json({ other: 1 }), parentElement: root() });
  assert.deepEqual(told.slice(1), [[88, 1]]);
  assert.equal(feed({ name: "one-feed", data: Uint8Array.of(88, 2), parentElement: place }), undefined);
  assert.deepEqual(told.slice(2), [[88, 2]]);
  stop();
  feed({ name: "one-feed", data: packet, parentElement: root() });
  assert.deepEqual(told.slice(3), ["stopped"]);
  early();
  late();
});

test("who is hungry is told all that is still there", () => {
  const { mount, told } = remembering();
  const here = [1, 2].map((n) => feed({ name: "two-feed", data: json({ n }), parentElement: root() }));
  mount({ name: "two", data: json({}), parentElement: root(), setTriggerValue() {} });
  here[0]();
  page.dispatchEvent(new Event("two-feed-hungry"));
  assert.deepEqual(told, [{ n: 1 }, { n: 2 }, { n: 2 }]);
});

test("a component is made once, and posts through the newest mount", () => {
  const [make, again, stop, old, newer] = [recorder(), recorder(), recorder(), recorder(), recorder()];
  let post;
  const making = (component, given) => {
    make(component);
    post = given;
    return "made";
  };
  const mount = mounted({ trigger: "picked", make: making, again, stop });
  const parentElement = root();
  const leave = mount({ parentElement, setTriggerValue: old });
  const component = { parentElement, setTriggerValue: newer };
  assert.equal(mount(component), undefined);
  post({ row: 1 });
  assert.deepEqual([make.calls.length, again.calls, old.calls, newer.calls], [
    1, [["made", component]], [], [["picked", { row: 1 }]],
  ]);
  leave();
  post({ row: 2 });
  assert.deepEqual([stop.calls, newer.calls.length], [[["made"]], 1]);
  mount(component);
  assert.equal(make.calls.length, 2);
});
