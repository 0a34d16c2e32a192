/** Buttons of which one is chosen, as radio buttons are: one stop of the tabulator, from which arrows go on. */

/** @type {Object<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/**
 * @param {HTMLElement[]} buttons with role radio, each with its value in `data-tool`
 * @param {(value: string) => void} take called with what a person chooses
 */
export function connectChoice(buttons, take) {
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => take(valueOf(button)));
    button.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      const next = after(buttons, i, step);
      take(valueOf(next));
      next.focus();
    });
  });
}

/**
 * @param {HTMLElement[]} buttons
 * @param {string} chosen
 */
export function paintChoice(buttons, chosen) {
  for (const button of buttons) {
    const here = valueOf(button) === chosen;
    button.setAttribute("aria-checked", String(here));
    button.tabIndex = here ? 0 : -1;
  }
}

/**
 * The next button that is seen, round the end.
 * @param {HTMLElement[]} buttons
 * @param {number} i
 * @param {number} step 1 or -1
 */
function after(buttons, i, step) {
  const turned = [...buttons.slice(i + 1), ...buttons.slice(0, i + 1)];
  const ordered = step > 0 ? turned : [...turned.slice(0, -1).reverse(), buttons[i]];
  return ordered.find((button) => !button.hidden) ?? buttons[i];
}

/** @param {HTMLElement} button */
function valueOf(button) {
  return button.dataset.tool ?? "";
}
