/** What a reader needs to trust or repeat a run: samples, configuration, environment, fingerprints. */
import { type Html, html, name, type Piece } from "./html.ts";
import { size } from "./numbers.ts";
import { section, table } from "./parts.ts";
import type { View } from "./view.ts";

/** A few queries with what each model recommends. */
export function samplesSection({ report, models }: View): Html | undefined {
  const { queries } = report.sanity_samples;
  if (queries.length === 0) return undefined;
  return section(
    "samples",
    "A look at single queries",
    html`<p class="soft">The first queries of the evaluation, with the five courses that each model puts first. The right one is marked.</p>`,
    queries.map(({ pair_id, prefix, label, top5 }) =>
      html`
        <article class="sample card">
          <h3>Query ${pair_id}</h3>
          <p>${prefix.length < 10 ? "The learner took " : "The learner’s last courses were "}${courseList(
            prefix,
          )} and went on to <mark>${name(label)}</mark>.</p>
          <dl class="picks">${models.filter((model) => top5[model] !== undefined).map((model) => {
            const place = top5[model].indexOf(label);
            return html`
              <div>
                <dt>${name(model)} <span class="tag${place < 0 ? "" : " holds"}">${place < 0
                  ? "not in 5"
                  : `place ${place + 1}`}</span></dt>
                <dd>${courseList(top5[model], label)}</dd>
              </div>
            `;
          })}</dl>
        </article>
      `
    ),
  );
}

function courseList(courses: readonly string[], label?: string): Html {
  return html`${
    courses.map((course, i) =>
      html`${
        i > 0 && html`
          <span class="soft">·</span>
        `
      }${course === label ? html`<mark>${name(course)}</mark>` : name(course)}`
    )
  }`;
}

/** Configuration, environment and fingerprints. */
export function provenanceSection({ config, report }: View): Html {
  const parts = Object.entries(config).filter(([key, value]) => key.endsWith("_config") && isRecord(value)) as [
    string,
    Record<string, unknown>,
  ][];
  const general = { seed: config.seed, device: `${config.device} (${config.device_reason})` };
  return section(
    "provenance",
    "Configuration, environment, fingerprints",
    html`
      <div class="columns">
        <div>${settings("Flags", { ...general, ...without(config.flags, ["seed", "device"]) })}</div>
        <div>${parts.map(([key, value]) => settings(key === "k_shot_config" ? "Episodes" : key.replace(/_config$/, ""), value))}${settings(
          "Environment",
          report.environment,
        )}</div>
      </div>
    `,
    html`
      <h3>Data</h3>
      <div class="card">${table({
        head: ["File", "Size", "SHA-256"],
        texts: [2],
        rows: report.data_fingerprints.map((
          { path, bytes, sha256 },
        ) => [html`<code>${name(path)}</code>`, size(bytes), html`<code class="hash">${sha256}</code>`]),
      })}</div>
    `,
    html`
      <p
        class="remark">The fingerprints of everything that the run wrote are in <code>manifest.json</code> beside this page, every rank in <code>queries.json</code>.</p>
    `,
  );
}

function settings(title: string, values: object): Html {
  const rows = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return html`
    <h3>${title}</h3>
    <div class="card">${table({
      head: ["Setting", "Value"],
      texts: [1],
      rows: rows.map(([key, value]) => [name(key), shown(value)]),
    })}</div>
  `;
}

function shown(value: unknown): Piece {
  if (Array.isArray(value)) return name(value.map(String).join(", "));
  return typeof value === "string" ? name(value) : name(JSON.stringify(value));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

function without(values: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}
