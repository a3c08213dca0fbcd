/** The data card: which data these are, from when, how they were split, and where the run lies. */
import { counted } from "../../errors/counted.ts";
import { type Html, markup, name, type Piece } from "../html.ts";
import { count, day } from "../numbers.ts";
import { table } from "../parts.ts";
import type { Section } from "../section.ts";
import type { View } from "../view.ts";

/** The card; of older runs what is known of them. */
export function dataSection(view: View): Section {
  const { report: { data_card: card }, results, config } = view;
  const { outputs } = config;
  const folder = outputs !== undefined && "out_dir" in outputs
    ? String(outputs.out_dir)
    : undefined;
  return {
    id: "data",
    title: "The data",
    link: "Data",
    body: markup`<div class="card"><dl class="facts-list">${fact("Data set", nameOf(view))}${
      fact("Courses", count(results.n_items))
    }${fact("Label times", card && times(card))}${fact("Split", card && name(card.split_rule))}${
      fact(
        "Episodes",
        `${config.k_shot_config.K} support and ${counted(config.k_shot_config.Q, "query pair")}`,
      )
    }${fact("This page", folder && markup`<code>${name(`${folder}/report.html`)}</code>`)}</dl>${
      card && splits(card)
    }</div>`,
  };
}

type Card = NonNullable<View["report"]["data_card"]>;

function nameOf({ report: { data, data_card: card }, config }: View): Piece {
  const folder = card?.folder ?? String(config.flags.data ?? "");
  const known = card?.name ?? folder.slice(folder.lastIndexOf("/") + 1);
  const made = data.synthetic &&
    markup` <span class="tag alarming">synthetic: preset ${name(data.preset ?? "unknown")}, seed ${
      data.seed ?? "unknown"
    }</span>`;
  return markup`<strong>${name(known)}</strong>${made}${
    folder !== "" && folder !== known && markup` <span class="soft">(${name(folder)})</span>`
  }`;
}

/** When the labels are from, over all splits. */
function times({ splits, label_times }: Card): string {
  if (label_times !== undefined) return "no dates: the log has an order only";
  const all = Object.values(splits);
  const first = all.flatMap((split) => split.first ?? []).sort()[0];
  const last = all.flatMap((split) => split.last ?? []).sort().at(-1);
  return first === undefined || last === undefined ? "unknown" : `${day(first)} to ${day(last)}`;
}

function splits({ splits, label_times }: Card): Html {
  const dated = label_times === undefined;
  return table({
    head: ["Split", "Users", "Pairs", "Episodes", ...(dated ? ["First label", "Last label"] : [])],
    rows: Object.entries(splits).map(([split, { users, pairs, episodes, first, last }]) => [
      split,
      count(users),
      count(pairs),
      count(episodes),
      ...(dated ? [dayOf(first), dayOf(last)] : []),
    ]),
  });
}

const dayOf = (time: string | undefined): string => time === undefined ? "–" : day(time);

const fact = (title: string, value: Piece | undefined): Html | undefined =>
  value === undefined || value === ""
    ? undefined
    : markup`<div><dt>${title}</dt><dd>${value}</dd></div>`;
