/** The run's settings in one table with a column a model, and where it was run. */
import { type Html, markup, name, type Piece } from "../html.ts";
import { breakable, commandLine, cutHash, scrolling, table } from "../parts.ts";
import type { Section } from "../section.ts";
import { settingGroups, type View } from "../view.ts";

/** Configuration and environment. */
export function configurationSection(view: View): Section {
  return {
    id: "configuration",
    title: "Configuration and environment",
    link: "Configuration",
    body: [
      view.config.command !== undefined && repeating(view.config.command),
      settingsTable(view),
      markup`<h3>Environment</h3><div class="card settings">${
        table({
          head: ["What", "Value"],
          texts: [1],
          rows: known(view.report.environment).map(([key, value]) => [name(key), shown(value)]),
        })
      }</div>`,
    ],
  };
}

/** The line that makes a run again, and what it takes. */
export function repeating(command: string): Html {
  return markup`<h3>To make this run again</h3>${commandLine(command)}<p class="remark">From the \
project’s folder, where the data lie as they did. The same version, engine and number of threads \
give the same models and ranks.</p>`;
}

/** A row of settings: what all models share spans their columns. */
function settingsTable(view: View): Html {
  const { models } = view;
  const own = ownSettings(view);
  const configured = models.filter((model) => Object.keys(own[model] ?? {}).length > 0);
  const names = [...new Set(configured.flatMap((model) => Object.keys(own[model])))];
  const columns = Math.max(1, configured.length);
  const shared = known(sharedSettings(view));
  const head = configured.length > 0
    ? configured.map((model) => markup`<th scope="col">${breakable(model)}</th>`)
    : markup`<th scope="col">Value</th>`;
  const tableMarkup = markup`<table><thead><tr><th scope="col">Setting</th>${head}</tr></thead>\
<tbody>${
    shared.map(([key, value]) =>
      markup`<tr><th scope="row">${breakable(key)}</th><td colspan="${columns}">${
        shown(value)
      }</td></tr>`
    )
  }${
    names.map((key, i) =>
      markup`<tr class="${i === 0 && "apart"}"><th scope="row">${breakable(key)}</th>${
        configured.map((model) =>
          markup`<td>${own[model][key] === undefined ? "–" : shown(own[model][key])}</td>`
        )
      }</tr>`
    )
  }</tbody></table>`;
  const remark = configured.length > 0 &&
    markup`<p class="remark">First what the whole run shares, then each model’s own settings.</p>`;
  return markup`<div class="card settings">${
    scrolling(tableMarkup, columns + 1, "Settings")
  }</div>${remark}`;
}

/** Settings of the whole run. */
function sharedSettings({ config, models }: View): Record<string, unknown> {
  const { seed: _, device: __, ...flags } = Object.fromEntries(
    Object.entries(config.flags).filter(([key, value]) =>
      !(models.includes(key) && isSettings(value))
    ),
  );
  return {
    seed: config.seed,
    device: `${config.device} (${config.device_reason})`,
    k: config.k_shot_config.K,
    q: config.k_shot_config.Q,
    ...flags,
  };
}

/**
 * Each model's own settings: what its run says, which older runs do not; then the notebook's fields
 * such as `gru_config`, of the model whose name begins so.
 */
function ownSettings({ config, about, models }: View): Record<string, Record<string, unknown>> {
  const told = new Map(about.map(([model, note]) => [model, note.config]));
  const groups = settingGroups(config).filter(([group]) => group !== "k_shot");
  return Object.fromEntries(models.map((model) => {
    const group = groups.find(([name]) => model === name) ??
      groups.find(([name]) => model.startsWith(name));
    const notebook = told.has(model) ? {} : group?.[1] ?? {};
    return [model, Object.fromEntries(known({ ...notebook, ...told.get(model) }))];
  }));
}

const isSettings = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function known(values: object): [string, unknown][] {
  return Object.entries(values).filter(([, value]) =>
    value !== undefined && value !== null && String(value) !== ""
  );
}

const HASH = /^[0-9a-f]{32,}$/;

function shown(value: unknown): Piece {
  if (Array.isArray(value)) return name(value.map(String).join(", "));
  if (typeof value !== "string") return name(JSON.stringify(value));
  return HASH.test(value) ? cutHash(value) : name(value);
}
