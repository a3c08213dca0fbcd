/** A comparison of runs as one self-contained page. */
import { counted, noun } from "../errors/counted.ts";
import { type Comparison, letterOf } from "./compare.ts";
import { differencesSection } from "./comparison/differences.ts";
import { lossesSection } from "./comparison/losses.ts";
import { measuresSection } from "./comparison/measures.ts";
import { numbersSection } from "./comparison/numbers.ts";
import { settingsSection } from "./comparison/settings.ts";
import { type Html, markup, name } from "./html.ts";
import { count, moment, sentenceList } from "./numbers.ts";
import { alarm, page, warnings } from "./page.ts";
import { linksTo, rendered, type Section } from "./section.ts";
import { ranked } from "./view.ts";
import { smallTest } from "./warnings.ts";

const SECTIONS: readonly ((comparison: Comparison) => Section | undefined)[] = [
  differencesSection,
  numbersSection,
  measuresSection,
  lossesSection,
  settingsSection,
];

/** The page's HTML. */
export function renderComparison(comparison: Comparison): string {
  const { runs, models, users, differences, notes } = comparison;
  const [{ results }] = runs;
  const tags = runs.map(({ config }) => config.run_tag);
  const marked = runs.find(({ report }) => report.data.synthetic);
  const holding = differences.filter(({ distinguishable }) => distinguishable).length;
  const sections = SECTIONS.flatMap((section) => section(comparison) ?? []);
  return page({
    title: `Runs ${tags.join(" and ")}`,
    heading: `${counted(runs.length, "run")} compared`,
    lead: markup`${sentenceList(tags)} on the same ${counted(results.n_queries, "query")} of ${
      counted(results.n_test_episodes, "test episode")
    }${dataOf(comparison)}.`,
    facts: [
      [count(runs.length), noun(runs.length, "run")],
      [count(users), noun(users, "test user")],
      [count(models.length), noun(models.length, "model in common", "models in common")],
      [`${holding} of ${differences.length}`, "differences distinguishable"],
    ],
    links: linksTo(sections),
    body: [
      runList(comparison),
      marked === undefined ? undefined : alarm(marked.report.data),
      warnings([...notes, ...smallTest(users, results.n_test_episodes)]),
      ...sections.map(rendered),
    ],
  });
}

/** Where the runs' data are from, where the first run says so. */
function dataOf({ runs: [{ report: { data_card: card } }] }: Comparison): Html | undefined {
  return card && markup` of ${name(card.name)}`;
}

function runList({ runs }: Comparison): Html {
  return markup`<ul class="runs">${
    runs.map(({ config, report, results }, i) =>
      markup`<li><b>${letterOf(i)}</b> <strong>${name(config.run_tag)}</strong> \
<span class="soft">${name(moment(report.created_at))}, ${
        name(sentenceList(ranked(results.baselines)))
      }</span></li>`
    )
  }</ul>`;
}
