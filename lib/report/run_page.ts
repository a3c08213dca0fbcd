/**
 * A finished run as one self-contained page: no script, no network, the same bytes from the same
 * documents.
 */
import { noun } from "../errors/counted.ts";
import type { RunDocuments } from "../runs/run_documents.ts";
import { markup, name } from "./html.ts";
import { count, moment, sentenceList } from "./numbers.ts";
import { alarm, page, warnings } from "./page.ts";
import { linksTo, rendered, type Section } from "./section.ts";
import { configurationSection } from "./sections/configuration.ts";
import { dataSection } from "./sections/data.ts";
import { episodesSection } from "./sections/episodes.ts";
import { filesSection } from "./sections/files.ts";
import { findingsSection } from "./sections/findings.ts";
import { measuresSection } from "./sections/measures.ts";
import { metricsSection } from "./sections/metrics.ts";
import { modelsSection } from "./sections/models.ts";
import { ranksSection } from "./sections/ranks.ts";
import { returnsSection } from "./sections/returns.ts";
import { samplesSection } from "./sections/samples.ts";
import { seenExcludedSection } from "./sections/seen_excluded.ts";
import { popularitySection, prefixSection } from "./sections/slices.ts";
import { summarySection } from "./sections/summary.ts";
import { timeSection } from "./sections/time.ts";
import { trainingSection } from "./sections/training.ts";
import { type View, viewOf } from "./view.ts";
import { warningsOf } from "./warnings.ts";

/** The page's sections in their order; one that has nothing to say of a run gives none. */
const SECTIONS: readonly ((view: View) => Section | undefined)[] = [
  summarySection,
  findingsSection,
  dataSection,
  metricsSection,
  measuresSection,
  returnsSection,
  seenExcludedSection,
  ranksSection,
  prefixSection,
  popularitySection,
  episodesSection,
  trainingSection,
  timeSection,
  samplesSection,
  modelsSection,
  configurationSection,
  filesSection,
];

/** The page's HTML. */
export function renderRun(documents: RunDocuments): string {
  const view = viewOf(documents);
  const { config, report, results } = view;
  const sections = SECTIONS.flatMap((section) => section(view) ?? []);
  return page({
    title: `Baselines ${config.run_tag}`,
    heading: "Which course comes next?",
    lead: markup`${
      sentenceList(view.models)
    } on learners who are in no training data. Run <strong>${name(config.run_tag)}</strong>, ${
      name(moment(report.created_at))
    }.`,
    facts: [
      [count(view.users), noun(view.users, "test user")],
      [count(results.n_test_episodes), noun(results.n_test_episodes, "test episode")],
      [count(results.n_queries), noun(results.n_queries, "query")],
      [count(results.n_items), noun(results.n_items, "course")],
      [`${config.k_shot_config.K} / ${config.k_shot_config.Q}`, "support / query pairs"],
      [config.device, "device"],
    ],
    links: linksTo(sections),
    body: [alarm(report.data), warnings(warningsOf(view)), ...sections.map(rendered)],
  });
}
