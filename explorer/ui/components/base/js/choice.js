/** Buttons of which one is chosen, as radio buttons are: one stop of the tabulator; arrows go on to those shown. */

/** @type {Object<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/**
 * @param {HTMLElement[]} buttons with role radio, each with its value in `data-tool`
 * @param {(value: string) => void} take called with what a person chooses
 */
export function connectChoice(buttons, take) {
  for (const button of buttons) {
    button.addEventListener("click", () => take(valueOf(button)));
    button.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      const seen = buttons.filter((one) => !one.hidden);
      const next = seen[(seen.indexOf(button) + step + seen.length) % seen.length];
      take(valueOf(next));
      next.focus();
    });
  }
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

/** @param {HTMLElement} button */
function valueOf(button) {
  return button.dataset.tool ?? "";
}
