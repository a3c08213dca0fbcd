/// <reference lib="dom" />
/** The form's fields, made from what the worker says may be chosen. */
import type { ModelChoice, SettingChoice } from "./messages.ts";

/** Families of models, as their boxes are headed. */
const FAMILIES: Readonly<Record<string, string>> = {
  reference: "References",
  rules: "Rules",
  neighbours: "Neighbours",
  neural: "Neural networks",
};

/** How the two sides of a switch are called, and what nobody chose. */
const SWITCH: Readonly<Record<string, string>> = { true: "yes", false: "no", "": "by itself" };

/** A box for each family, with a check box for each of its models. */
export function modelFields(place: HTMLElement, models: readonly ModelChoice[]): void {
  place.replaceChildren(
    ...Object.entries(FAMILIES).map(([family, title]) => {
      const box = document.createElement("fieldset");
      box.append(textElement("legend", title));
      box.append(...models.filter((model) => model.family === family).map(modelField));
      return box;
    }),
  );
}

function modelField({ name, title, chosen, slow }: ModelChoice): HTMLElement {
  const label = document.createElement("label");
  const input = document.createElement("input");
  Object.assign(input, { type: "checkbox", name: "models", value: name, checked: chosen });
  const words = textElement("span", title);
  words.append(textElement("small", slow ? `${name}, takes minutes` : name));
  label.append(input, words);
  return label;
}

/** A field for each setting, with its line of help. */
export function settingFields(place: HTMLElement, settings: readonly SettingChoice[]): void {
  place.replaceChildren(...settings.map((setting) => {
    const { flag, help, range } = setting;
    const box = document.createElement("div");
    const label = textElement("label", flag.replaceAll("-", " "));
    const field = fieldOf(setting);
    const said = textElement("small", range === undefined ? help : `${help} (${range})`);
    label.setAttribute("for", field.id);
    said.id = `${field.id}-help`;
    field.setAttribute("aria-describedby", said.id);
    box.append(label, field, said);
    return box;
  }));
}

function fieldOf({ flag, value, choices, usual = "" }: SettingChoice): HTMLElement {
  const id = `setting-${flag}`;
  if (choices === undefined) {
    const input = document.createElement("input");
    return Object.assign(input, {
      id,
      name: flag,
      value,
      placeholder: usual,
      inputMode: usual === "" ? "decimal" : "text",
      autocomplete: "off",
    });
  }
  const select = document.createElement("select");
  select.append(
    ...choices.map((choice) =>
      new Option(SWITCH[choice] ?? choice, choice, choice === value, choice === value)
    ),
  );
  return Object.assign(select, { id, name: flag });
}

function textElement(tag: string, text: string): HTMLElement {
  return Object.assign(document.createElement(tag), { textContent: text });
}
