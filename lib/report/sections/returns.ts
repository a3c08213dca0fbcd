/** Every metric for going back and going on, and by the length of the prefix. */
import { counted } from "../../errors/counted.ts";
import { markup } from "../html.ts";
import { ALL_MEASURES, type Key, measureCells, measureOf, measureTable } from "../measure_table.ts";
import { count, MEASURE_TITLES, share } from "../numbers.ts";
import { breakable, table } from "../parts.ts";
import type { Section } from "../section.ts";
import type { View } from "../view.ts";

const BY_LABEL: readonly Key[] = ["accuracy@1", "recall@10", "mrr", "ndcg@10", "popularity@10"];
const KINDS: Readonly<Record<string, string>> = {
  returns: "back to a course of the prefix",
  new: "on to a new course",
};

/** The tables; nothing for runs before these groups. */
export function returnsSection({ results, models }: View): Section | undefined {
  const groups = results.groups ?? [];
  const labels = groups.filter(({ by }) => by === "label");
  if (labels.length === 0) return undefined;
  const said = labels.map(({ name, n_queries }) =>
    `${count(n_queries)} of ${counted(results.n_queries, "query")} ` +
    `(${share(n_queries / results.n_queries)}) go ${KINDS[name] ?? name}`
  );
  return {
    id: "returns",
    title: "Back to a course, or on to a new one",
    link: "Returns and new",
    body: [
      markup`<p>${said.join("; ")}. A model that repeats what a learner has already can do well \
on the first kind and be of no use for the second.</p>`,
      ...labels.map((group) =>
        markup`<h3>${group.name === "new" ? "New courses" : "Returns"}</h3>${
          measureTable(
            BY_LABEL,
            models.map((model) => [breakable(model), measureCells(group, model, BY_LABEL)]),
          )
        }`
      ),
      markup`<details><summary>Every metric by group</summary>${
        table({
          head: [
            "Model and group",
            "Queries",
            ...ALL_MEASURES.map((key) => breakable(MEASURE_TITLES[key])),
          ],
          rows: models.flatMap((model) =>
            groups.map((group) => [
              markup`${breakable(model)}, ${groupName(group)}`,
              count(group.n_queries),
              ...ALL_MEASURES.map((key) => measureOf(group, model, key)),
            ])
          ),
        })
      }</details>`,
    ],
  };
}

function groupName({ by, name }: { readonly by: string; readonly name: string }): string {
  if (by === "label") return name;
  return name === "1" ? "prefix of 1 course" : `prefix of ${name} courses`; // "2–3"
}
