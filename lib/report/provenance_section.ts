/**
 * What a reader needs to trust or repeat a run: samples, configuration, environment, fingerprints.
 */
import { type Html, markup, name, type Piece } from "./html.ts";
import { size } from "./numbers.ts";
import { section, type Table, table } from "./parts.ts";
import { settingGroups, type View } from "./view.ts";

/** A few queries with what each model recommends. */
export function samplesSection({ report, models }: View): Html | undefined {
  const { queries } = report.sanity_samples;
  if (queries.length === 0) return undefined;
  return section(
    "samples",
    "A look at single queries",
    markup`<p class="soft">${
      "The first queries of the evaluation, with the five courses that each model puts first. " +
      "The right one is marked."
    }</p>`,
    queries.map(({ pair_id, prefix, label, top5 }) =>
      markup`<article class="sample card"><h3>Query ${pair_id}</h3><p>${
        prefix.length < 10 ? "The learner took " : "The learner’s last courses were "
      }${courseList(prefix)} and went on to <mark>${name(label)}</mark>.</p><dl class="picks">${
        models.filter((model) => top5[model] !== undefined).map((model) =>
          pick(model, top5[model], label)
        )
      }</dl></article>`
    ),
  );
}

function pick(model: string, courses: readonly string[], label: string): Html {
  const place = courses.indexOf(label) + 1;
  return markup`<div><dt>${name(model)} <span class="tag${place > 0 && " holds"}">${
    place > 0 ? `place ${place}` : "not in 5"
  }</span></dt><dd>${courseList(courses, label)}</dd></div>`;
}

function courseList(courses: readonly string[], label?: string): Html {
  const separator = markup` <span class="soft">·</span> `;
  return markup`${
    courses.map((
      course,
      i,
    ) => [
      i > 0 && separator,
      course === label ? markup`<mark>${name(course)}</mark>` : name(course),
    ])
  }`;
}

/** What the models are and where they come from; nothing for older runs, which do not say. */
export function modelsSection({ about }: View): Html | undefined {
  if (about.length === 0) return undefined;
  const rows = about.map(([model, { title, family, source, differs }]) => [
    name(model),
    name(title),
    name(family),
    name(source),
    name(differs),
  ]);
  return section(
    "models",
    "The models",
    markup`<div class="card">${
      table({
        head: ["Model", "What it is", "Kind", "Source", "Differs from its source in"],
        texts: [1, 2, 3, 4],
        rows,
      })
    }</div>`,
  );
}

/** Configuration, environment and fingerprints. */
export function provenanceSection({ config, report }: View): Html {
  const general = { seed: config.seed, device: `${config.device} (${config.device_reason})` };
  return section(
    "provenance",
    "Configuration, environment, fingerprints",
    markup`<div class="columns"><div>${
      settings("Flags", { ...general, ...without(config.flags, ["seed", "device"]) })
    }</div><div>${
      settingGroups(config).map(([group, values]) =>
        settings(group === "k_shot" ? "Episodes" : group, values)
      )
    }${settings("Environment", report.environment)}</div></div>`,
    markup`<h3>Data</h3><div class="card files">${table(files(report.data_fingerprints))}</div>`,
    markup`<p class="remark">The fingerprints of everything that the run wrote are in \
<code>manifest.json</code> beside this page, every rank in <code>queries.json</code>.</p>`,
  );
}

function files(fingerprints: View["report"]["data_fingerprints"]): Table {
  return {
    head: ["File", "Size", "SHA-256"],
    texts: [2],
    rows: fingerprints.map(({ path, bytes, sha256 }) => [
      markup`<code>${name(path)}</code>`,
      size(bytes),
      markup`<code class="hash">${sha256}</code>`,
    ]),
  };
}

function settings(title: string, values: object): Html {
  const rows = Object.entries(values).filter(([, value]) =>
    value !== undefined && value !== null && String(value) !== ""
  );
  return markup`<h3>${title}</h3><div class="card settings">${
    table({
      head: ["Setting", "Value"],
      texts: [1],
      rows: rows.map(([key, value]) => [name(key), shown(value)]),
    })
  }</div>`;
}

function shown(value: unknown): Piece {
  if (Array.isArray(value)) return name(value.map(String).join(", "));
  return typeof value === "string" ? name(value) : name(JSON.stringify(value));
}

function without(
  values: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}
