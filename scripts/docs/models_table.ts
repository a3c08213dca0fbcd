/** README's table of models, from the registry. */
import type { Baseline } from "../../lib/baselines/baseline.ts";

/** The table in Markdown; models of a run that names none are in bold. */
export function modelsTable(baselines: readonly Baseline[]): string {
  const rows = baselines.map(({ name, family, source, differs, byDefault }) => {
    const shown = byDefault ? `**\`${name}\`**` : `\`${name}\``;
    return `| ${shown} | ${family} | ${cell(source)} | ${cell(differs)} |`;
  });
  return [
    "| model | family | source | differs from it in |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
