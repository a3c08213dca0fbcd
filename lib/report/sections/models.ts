/** What the models are and where they come from. */
import { markup, name } from "../html.ts";
import { table } from "../parts.ts";
import type { Section } from "../section.ts";
import type { View } from "../view.ts";

/** The run's own words on its models; nothing for older runs, which have none. */
export function modelsSection({ about }: View): Section | undefined {
  if (about.length === 0) return undefined;
  const rows = about.map(([model, { title, family, source, differs }]) => [
    name(model),
    name(title),
    name(family),
    name(source),
    name(differs),
  ]);
  return {
    id: "models",
    title: "The models",
    link: "Models",
    body: markup`<div class="card words">${
      table({
        head: ["Model", "What it is", "Kind", "Source", "Differs from its source in"],
        texts: [1, 2, 3, 4],
        rows,
      })
    }</div>`,
  };
}
