/** Fingerprints of what the run read. */
import { markup, name } from "../html.ts";
import { size } from "../numbers.ts";
import { cutHash, table } from "../parts.ts";
import type { Section } from "../section.ts";
import type { View } from "../view.ts";

/** The files that were read. */
export function filesSection({ report }: View): Section {
  return {
    id: "files",
    title: "Fingerprints",
    link: "Files",
    body: [
      markup`<div class="card files">${
        table({
          head: ["File", "Size", "SHA-256"],
          texts: [2],
          rows: report.data_fingerprints.map(({ path, bytes, sha256 }) => [
            markup`<code>${name(path)}</code>`,
            size(bytes),
            cutHash(sha256),
          ]),
        })
      }</div>`,
      markup`<p class="remark">Whole hashes show where the mouse rests on one, and stand in \
<code>report.json</code>. The fingerprints of everything that the run wrote are in \
<code>manifest.json</code> beside this page, every rank in <code>queries.json</code>.</p>`,
    ],
  };
}
