/** Where the documents of a run contradict each other. */
import { counted } from "../errors/counted.ts";
import type { RunDocuments } from "./run_documents.ts";

/** A sentence; undefined when they agree. */
export function contradiction(
  { config, report, results, queries, courses }: RunDocuments,
): string | undefined {
  const count = queries.labels.length;
  const { episode_offsets: offsets, ranks } = queries;
  const lengths = {
    pair_ids: queries.pair_ids,
    prefix_lengths: queries.prefix_lengths,
    label_train_counts: queries.label_train_counts,
  };
  for (const document of [report, results, queries]) {
    if (document.run_id !== config.run_id) {
      return `config.json is of run ${config.run_id}, another document of ${document.run_id}`;
    }
  }
  for (const [name, values] of Object.entries(lengths)) {
    if (values.length !== count) {
      return `queries.json has ${count} labels and ${values.length} ${name}`;
    }
  }
  if (
    offsets[0] !== 0 || offsets.at(-1) !== count ||
    offsets.some((offset, i) => i > 0 && offset < offsets[i - 1])
  ) {
    return `queries.json's episode_offsets do not go up from 0 to ${count}`;
  }
  if (queries.episode_ids.length !== offsets.length - 1) {
    return `queries.json has ${queries.episode_ids.length} episode_ids`;
  }
  const users = queries.episode_users?.length ?? offsets.length - 1;
  if (users !== offsets.length - 1) return `queries.json has ${users} episode_users`;
  const outside = queries.labels.find((label) => label >= courses.length);
  if (outside !== undefined) {
    return `queries.json has the label ${outside} among ${counted(courses.length, "course")}`;
  }
  for (const name of Object.keys(results.baselines)) {
    if (name === "oracle") continue; // the ceiling of an older run, no model
    if (ranks[name]?.length !== count) {
      return `queries.json has ${ranks[name]?.length ?? "no"} ranks of ${name}, expected ${count}`;
    }
    if (results.intervals_95[name] === undefined) return `results.json has no intervals of ${name}`;
  }
  if (results.n_items !== courses.length) {
    return `results.json counts ${
      counted(results.n_items, "course")
    }, the vocabulary ${courses.length}`;
  }
  return undefined;
}
