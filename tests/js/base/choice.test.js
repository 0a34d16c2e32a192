import assert from "node:assert/strict";
import test from "node:test";
import { connectChoice, paintChoice } from "../../../explorer/ui/components/base/js/choice.js";

class Button extends EventTarget {
  constructor(tool) {
    super();
    Object.assign(this, { dataset: { tool }, hidden: false, checked: "", focused: 0 });
  }

  setAttribute(name, text) {
    if (name === "aria-checked") this.checked = text;
  }

  focus() {
    this.focused++;
  }
}

function group() {
  const buttons = ["look", "window", "brush"].map((tool) => new Button(tool));
  const taken = [];
  connectChoice(buttons, (tool) => {
    taken.push(tool);
    paintChoice(buttons, tool);
  });
  paintChoice(buttons, "look");
  return { buttons, taken };
}

const key = (name) => Object.assign(new Event("keydown", { cancelable: true }), { key: name });

test("the chosen one alone is a stop of the tabulator", () => {
  const { buttons } = group();
  assert.deepEqual(buttons.map(({ tabIndex }) => tabIndex), [0, -1, -1]);
  assert.deepEqual(buttons.map(({ checked }) => checked), ["true", "false", "false"]);
});

test("arrows choose the next, and go round", () => {
  const { buttons, taken } = group();
  const arrow = key("ArrowLeft");
  buttons[0].dispatchEvent(arrow);
  assert.ok(arrow.defaultPrevented);
  buttons[2].dispatchEvent(key("ArrowDown"));
  buttons[0].dispatchEvent(key("ArrowRight"));
  buttons[1].dispatchEvent(key("l"));
  assert.deepEqual([taken, buttons.map(({ focused }) => focused)], [["brush", "look", "window"], [1, 1, 1]]);
  assert.deepEqual(buttons.map(({ tabIndex }) => tabIndex), [-1, 0, -1]);
});

test("arrows pass over what is hidden", () => {
  const { buttons, taken } = group();
  buttons[1].hidden = true;
  buttons[0].dispatchEvent(key("ArrowRight"));
  buttons[2].dispatchEvent(key("ArrowLeft"));
  assert.deepEqual(taken, ["brush", "look"]);
});

test("a click chooses", () => {
  const { buttons, taken } = group();
  buttons[2].dispatchEvent(new Event("click"));
  assert.deepEqual([taken, buttons[2].checked], [["brush"], "true"]);
});
