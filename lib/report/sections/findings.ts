/** The run's own sentences. */
import { markup, name } from "../html.ts";
import type { Section } from "../section.ts";
import type { View } from "../view.ts";

/** The key findings of report.json. */
export function findingsSection({ report }: View): Section {
  return {
    id: "findings",
    title: "Key findings",
    link: "Findings",
    body: markup`<ul class="findings">${
      report.key_findings.map((finding) => markup`<li>${name(finding)}</li>`)
    }</ul>`,
  };
}
