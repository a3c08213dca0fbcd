/** Single queries, to see with the eye that nothing is odd. */
import { type Html, markup, name } from "../html.ts";
import type { Section } from "../section.ts";
import type { View } from "../view.ts";

type Sample = View["report"]["sanity_samples"]["queries"][number];

/** Courses of a prefix that runs keep; one that has fewer is whole. */
const KEPT = 10;

/** Why a query is shown, as report.json says it. */
const KINDS: Readonly<Record<string, string>> = {
  win: "A win",
  loss: "A loss",
  disagreement: "A disagreement",
};
const CHOSEN = "A win and a loss of the first model by Accuracy@1, and the query on which the " +
  "models disagree most";
const FIRST = "The first queries of the evaluation";
const SHOWN = "with the five courses that each model puts first. The right one is marked.";

/** A few queries with what each model recommends; none where the run kept none. */
export function samplesSection(view: View): Section | undefined {
  const { queries } = view.report.sanity_samples;
  if (queries.length === 0) return undefined;
  const isChosen = queries.some(({ kind }) => kind !== undefined);
  return {
    id: "samples",
    title: "A look at single queries",
    link: "Samples",
    body: [
      markup`<p class="soft">${isChosen ? CHOSEN : FIRST}, ${SHOWN}</p>`,
      queries.map((sample) => sampleCard(view, sample)),
    ],
  };
}

function sampleCard({ models }: View, sample: Sample): Html {
  const { pair_id, prefix, label, top5, ranks, kind } = sample;
  const title = kind === undefined ? undefined : KINDS[kind] ?? kind;
  return markup`<article class="sample card"><h3>${
    title === undefined ? "Query" : `${title}: query`
  } ${pair_id}</h3><p>${
    prefix.length < KEPT ? "The learner took " : "The learner’s last courses were "
  }${chain(prefix)} <span class="soft">and went on to</span> <mark>${name(label)}</mark>.</p>\
<dl class="picks">${
    models.filter((model) => top5[model] !== undefined).map((model) =>
      pick(model, top5[model], { label, rank: ranks?.[model] })
    )
  }</dl></article>`;
}

function pick(
  model: string,
  courses: readonly string[],
  { label, rank }: { readonly label: string; readonly rank?: number },
): Html {
  const place = courses.indexOf(label) + 1;
  const said = place === 0 ? "not in 5" : `place ${place}`;
  return markup`<div><dt>${name(model)} <span class="tag${place > 0 && " holds"}">${
    rank === undefined ? said : `rank ${rank.toLocaleString("en")}`
  }</span></dt><dd>${
    courses.map((course, i) => [
      i > 0 && markup` <span class="soft">·</span> `,
      course === label ? markup`<mark>${name(course)}</mark>` : unbroken(course),
    ])
  }</dd></div>`;
}

/** Courses in the order in which they were taken. */
function chain(courses: readonly string[]): Html {
  return markup`${
    courses.map((
      course,
      i,
    ) => [i > 0 && markup` <span class="arrow">→</span> `, unbroken(course)])
  }`;
}

/** A name in one piece, where it fits into a line at all. */
const unbroken = (course: string): Html => markup`<span class="whole">${name(course)}</span>`;
