import js from "@eslint/js";
import globals from "globals";

/** Nobody writes another object's fields: what is reached through one of these names is only read, or asked. */
const NAMES = [
  ...["model", "view", "betas", "cross", "hand", "brush", "shown", "frames", "scan", "scores", "settings"],
  ...["talk", "server", "painter", "panel", "panels", "picture", "pictures", "chart", "surface"],
];
const OTHERS = `/^(${NAMES.join("|")})$/`;
const WRITTEN = ["AssignmentExpression", "UpdateExpression"].flatMap((kind) => {
  const target = kind === "AssignmentExpression" ? "left" : "argument";
  const member = `${kind} > MemberExpression.${target}`;
  return [
    `${member}[object.type="Identifier"][object.name=${OTHERS}]`,
    `${member}[object.type="MemberExpression"][object.property.name=${OTHERS}]`,
  ];
});

export default [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2022, sourceType: "module" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-shadow": "error",
      "no-implicit-coercion": "error",
      "no-unused-expressions": ["error", { allowShortCircuit: true }],
      "max-len": ["error", { code: 120, ignoreUrls: true }],
      "max-lines": ["error", 250],
      "max-lines-per-function": ["error", 40],
      "max-params": ["error", 6],
      complexity: ["error", 15],
    },
  },
  {
    files: ["explorer/ui/components/**"],
    rules: {
      "no-console": "error",
      "no-restricted-syntax": ["error", ...WRITTEN.map((selector) => ({
        selector,
        message: "Nobody writes another object's fields: ask it by a method.",
      }))],
    },
  },
  {
    files: ["explorer/ui/components/**"],
    ignores: ["**/model/**"],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ["**/model/**"], // knows of no page
    languageOptions: { globals: globals["shared-node-browser"] },
  },
  {
    files: ["tests/js/**"],
    languageOptions: { globals: globals.node },
    rules: { "max-lines-per-function": "off" },
  },
];
