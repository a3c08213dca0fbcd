/** Sentences with numbers, computed from a run's ranks. */
import { pairedBootstrap } from "../../metrics/bootstrap.ts";
import type { Evaluation } from "../../evaluation/evaluate.ts";

const percent = (x: number) => `${(100 * x).toFixed(2)} %`;
const points = (x: number) => (100 * x).toFixed(2).replace("-", "−");
const count = (n: number) => n.toLocaleString("en");

/**
 * Key findings of a run: the best model and whether its lead holds, each model against popularity
 * and chance, and ties.
 */
export function keyFindings(
  evaluations: Readonly<Record<string, Evaluation>>,
  episodeOffsets: ArrayLike<number>,
  nItems: number,
  seed: number,
): string[] {
  const ranked = Object.entries(evaluations).sort(([, a], [, b]) =>
    b.metrics["accuracy@1"] - a.metrics["accuracy@1"]
  );
  const findings: string[] = [];
  const queries = episodeOffsets[episodeOffsets.length - 1];
  const [best, second] = ranked;
  findings.push(
    `${best[0]} is the best of ${ranked.length} by Accuracy@1: ${
      percent(best[1].metrics["accuracy@1"])
    } of ${count(queries)} queries in ${count(episodeOffsets.length - 1)} test episodes, MRR ${
      best[1].metrics.mrr.toFixed(4)
    }.`,
  );
  if (second !== undefined) findings.push(comparison(best, second, episodeOffsets, seed));
  for (const name of ["sasrec", "sessionknn", "popularity"]) {
    const entry = ranked.find(([model]) => model === name);
    if (entry !== undefined && entry !== best && entry !== second) {
      findings.push(comparison(best, entry, episodeOffsets, seed));
    }
  }
  const random = evaluations.random;
  if (random !== undefined) {
    findings.push(
      `random ranks the label at ${
        (random.ranks.reduce((sum, rank) => sum + rank, 0) / queries).toFixed(1)
      } on average; chance among ${count(nItems)} courses is ${((nItems + 1) / 2).toFixed(1)}.`,
    );
  }
  for (const [name, { tiedQueries }] of ranked) {
    if (tiedQueries) {
      findings.push(
        `In ${count(tiedQueries)} of ${
          count(queries)
        } queries ${name} gives the label the same score as another course; ties go to the lower course id.`,
      );
    }
  }
  return findings;
}

function comparison(
  [a, left]: [string, Evaluation],
  [b, right]: [string, Evaluation],
  offsets: ArrayLike<number>,
  seed: number,
): string {
  const { difference, interval, p } = pairedBootstrap(
    left.ranks,
    right.ranks,
    offsets,
    "accuracy@1",
    seed,
  );
  // the smallest p that the bootstrap's draws can give is 0.001
  const holds = interval.low > 0 || interval.high < 0;
  return `${a} leads ${b} by ${points(difference)} points of Accuracy@1 (95 % interval ${
    points(interval.low)
  } to ${points(interval.high)}, paired bootstrap over episodes, p ${
    p <= 0.001 ? "≤ 0.001" : `= ${p.toFixed(3)}`
  }); the difference ${holds ? "holds" : "does not hold"}.`;
}
