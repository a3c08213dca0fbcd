/**
 * A finished run as one self-contained page: no script, no network, the same bytes from the same
 * documents.
 */
import { tooFewOf } from "../metrics/clusters.ts";
import type { RunDocuments } from "../runs/run_documents.ts";
import { type Html, markup, name } from "./html.ts";
import { count, sentenceList } from "./numbers.ts";
import { measuresSection, returnsSection, seenExcludedSection } from "./measures_section.ts";
import { alarm, page, warnings } from "./page.ts";
import { section } from "./parts.ts";
import { modelsSection, provenanceSection, samplesSection } from "./provenance_section.ts";
import {
  episodesSection,
  popularitySection,
  prefixSection,
  ranksSection,
} from "./ranks_section.ts";
import { metricsSection, summarySection } from "./results_section.ts";
import { timeSection, trainingSection } from "./training_section.ts";
import { type View, viewOf } from "./view.ts";

/** The page's HTML. */
export function renderRun(documents: RunDocuments): string {
  const view = viewOf(documents);
  const { config, report, results } = view;
  const samples = samplesSection(view);
  const models = modelsSection(view);
  const measures = measuresSection(view);
  const returns = returnsSection(view);
  const seenExcluded = seenExcludedSection(view);
  return page({
    title: `Baselines ${config.run_tag}`,
    heading: "Which course comes next?",
    lead: markup`${
      sentenceList(view.models)
    } on learners who are in no training data. Run <strong>${name(config.run_tag)}</strong>, ${
      name(report.created_at.replace("T", " "))
    }.`,
    facts: [
      [count(results.n_test_episodes), "test episodes"],
      [count(results.n_queries), "queries"],
      [count(results.n_items), "courses"],
      [`${config.k_shot_config.K} / ${config.k_shot_config.Q}`, "support / query pairs"],
      [config.device, "device"],
    ],
    links: [
      ["summary", "Summary"],
      ["findings", "Findings"],
      ["metrics", "Metrics"],
      ...(measures === undefined ? [] : [["measures", "Recommended"] as const]),
      ...(returns === undefined ? [] : [["returns", "Returns and new"] as const]),
      ...(seenExcluded === undefined ? [] : [["seen-excluded", "Seen excluded"] as const]),
      ["ranks", "Ranks"],
      ["prefix", "Prefix length"],
      ["popularity", "Popularity"],
      ["episodes", "Episodes"],
      ["training", "Training"],
      ["time", "Time"],
      ...(samples === undefined ? [] : [["samples", "Samples"] as const]),
      ...(models === undefined ? [] : [["models", "Models"] as const]),
      ["provenance", "Provenance"],
    ],
    body: [
      alarm(report.data),
      warnings(warningsOf(view)),
      summarySection(view),
      section(
        "findings",
        "Key findings",
        markup`<ul class="findings">${
          report.key_findings.map((finding) => markup`<li>${name(finding)}</li>`)
        }</ul>`,
      ),
      metricsSection(view),
      measures,
      returns,
      seenExcluded,
      ranksSection(view),
      prefixSection(view),
      popularitySection(view),
      episodesSection(view),
      trainingSection(view),
      timeSection(view),
      samples,
      models,
      provenanceSection(view),
    ],
  });
}

/** What a reader should keep in mind, besides what the data say of themselves. */
function warningsOf({ report, results, models, users }: View): (Html | string)[] {
  const notes: (Html | string)[] = report.notes.filter((note) =>
    !note.startsWith("SYNTHETIC DATA")
  );
  const tied = models.filter((model) =>
    (results.tied_queries[model] ?? 0) > 0.05 * results.n_queries
  );
  if (tied.length > 0) {
    notes.push(
      markup`Ties decide a part of the ranks of ${
        sentenceList(tied.map((model) =>
          `${model} (${count(results.tied_queries[model]!)} of ${count(results.n_queries)} queries)`
        ))
      }: another course has the right course’s score, and the lower id goes first.`,
    );
  }
  const { n_test_episodes: episodes } = results;
  const tooFew = tooFewOf(users, episodes);
  if (tooFew !== undefined) {
    notes.push(`Only ${users} users in ${episodes} test episodes: ${tooFew} models apart.`);
  } else if (episodes < 30) {
    notes.push(`Only ${episodes} test episodes: the intervals themselves are rough.`);
  }
  return notes;
}
