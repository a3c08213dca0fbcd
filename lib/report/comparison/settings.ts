/** How the runs were made differently. */
import { type Comparison, type DifferentSetting, letterOf } from "../compare.ts";
import { type Html, markup, name } from "../html.ts";
import { cutHash, table } from "../parts.ts";
import type { Section } from "../section.ts";

const ALIKE = "Nothing in their configuration, environment or data: these runs were made alike.";

const shown = ({ values, isHash }: DifferentSetting): Html[] => values.map(isHash ? cutHash : name);

/** Settings, versions and files that are not the same in all runs. */
export function settingsSection({ runs, settings }: Comparison): Section {
  return {
    id: "settings",
    title: "What differs",
    link: "What differs",
    body: settings.length === 0
      ? markup`<p>${ALIKE}</p>`
      : markup`<div class="card settings">${
        table({
          head: ["Setting", ...runs.map((_, i) => letterOf(i))],
          texts: runs.map((_, i) => i + 1),
          rows: settings.map((setting) => [
            name(setting.name),
            ...shown(setting),
          ]),
        })
      }</div>`,
  };
}
