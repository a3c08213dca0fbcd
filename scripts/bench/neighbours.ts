/**
 * Rules and neighbours: fit at the notebook's size, milliseconds of a single query, and a million
 * sessions. Queries are asked one by one in this process, after some to warm up.
 */
import { type Baseline, NOTEBOOK_TRAINING } from "../../lib/baselines/baseline.ts";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { chooseEngine } from "../../lib/engine/device.ts";
import type { Pairs } from "../../lib/dataset/dataset.ts";
import { synthesize } from "../../lib/dataset/synthetic/synthesize.ts";
import { queriesOf, type Query } from "../../lib/evaluation/queries.ts";
import { readLog, testLog, trainingLog } from "../../lib/jobs/conform/log.ts";
import { defaultsOf } from "../../lib/settings/settings.ts";
import { duration } from "../../lib/terminal/terminal.ts";
import { type BenchTable, median } from "./bench.ts";
import { madeUpSessions } from "./million_sessions.ts";

/** Training data and the queries that are asked. */
interface Case {
  readonly title: string;
  readonly nItems: number;
  readonly pairs: Pairs;
  readonly queries: readonly Query[];
  readonly models: readonly string[];
}

const NEIGHBOURS = ["sknn", "vsknn", "stan", "vstan", "vmis_knn"];
const MODELS = ["markov", "association_rules", "sequential_rules", "item_knn", ...NEIGHBOURS];
/** As the speed of V-SKNN and VMIS-kNN is promised. */
const OWN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  vsknn: { k: 100, sampleSize: 1000 },
  vmis_knn: { k: 100, m: 1000 },
};
const WARM = 500;
const FITS = 3;

/** The bench. */
export async function benchNeighbours(quick: boolean): Promise<BenchTable> {
  const notes: string[] = [];
  const rows: (string | number)[][] = [];
  const million = millionCase(quick ? 100_000 : 1_000_000);
  rows.push(...await rowsOf(million));
  notes.push(`peak of this process with ${million.title}: ${peakMegabytes()} MB`);
  const log = await logCase();
  if (typeof log === "string") notes.push(log);
  else rows.push(...await rowsOf(log));
  rows.push(...await rowsOf(notebookCase()));
  return {
    title: "Rules and neighbours: fit, and one query",
    columns: ["data", "model", "pairs", "fit", "file", "p50 ms", "p90 ms", "p99 ms"],
    rows,
    notes: [...notes, `fits: median of ${FITS}; queries one by one, ${WARM} before to warm up`],
  };
}

function millionCase(sessions: number): Case {
  const { nItems, pairs, queries } = madeUpSessions(sessions);
  const title = `${sessions.toLocaleString("en")} sessions`;
  return { title, nItems, pairs, queries, models: ["vsknn", "vmis_knn"] };
}

/** The log that conformance is tested with, where it is there. */
async function logCase(): Promise<Case | string> {
  const folder = new URL("../../../shared/data/rsc15_100k", import.meta.url).pathname;
  const there = await Deno.stat(folder).then(() => true, () => false);
  if (!there) return "rsc15-100k: skipped, ../shared/data/rsc15_100k is not there";
  const { items, idOf, pairs } = trainingLog(await readLog(folder, "train"), folder);
  const { queries } = testLog(await readLog(folder, "test"), idOf);
  return { title: "rsc15-100k", nItems: items.length, pairs, queries, models: NEIGHBOURS };
}

function notebookCase(): Case {
  const { courses, splits } = synthesize("xuetangx", 5, 10);
  const { queries } = queriesOf(splits.test);
  const { pairs } = splits.train;
  return { title: "preset xuetangx", nItems: courses.length, pairs, queries, models: MODELS };
}

async function rowsOf({ title, nItems, pairs, queries, models }: Case) {
  const { create } = await chooseEngine("wasm");
  const context = { create, seed: 1, training: NOTEBOOK_TRAINING };
  const rows: (string | number)[][] = [];
  for (const name of models) {
    const baseline: Baseline = BASELINES.find((candidate) => candidate.name === name)!;
    const settings = { ...defaultsOf(baseline.config), ...OWN[name] };
    const fits: number[] = [];
    let fitted: unknown;
    for (let i = 0; i < FITS; i++) {
      const begin = performance.now();
      ({ fitted } = await baseline.fit({ nItems, pairs }, settings, context));
      fits.push(performance.now() - begin);
    }
    const bytes = baseline.encode(fitted);
    const scorer = await baseline.scorer(baseline.decode(bytes, name), context);
    const times: number[] = [];
    for (const query of [...queries.slice(0, WARM), ...queries]) {
      const begin = performance.now();
      scorer.score([query]);
      times.push(performance.now() - begin);
    }
    const sorted = times.slice(Math.min(WARM, queries.length)).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * sorted.length)].toFixed(3);
    rows.push([
      title,
      name,
      pairs.count.toLocaleString("en"),
      duration(median(fits)),
      `${(bytes.length / 1e6).toFixed(1)} MB`,
      at(0.5),
      at(0.9),
      at(0.99),
    ]);
  }
  return rows;
}

/** The most memory that this process has had, where the system says so, else what it has now. */
function peakMegabytes(): string {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return (Number(/VmHWM:\s*(\d+)/.exec(status)![1]) / 1024).toFixed(0);
  } catch {
    return (Deno.memoryUsage().rss / 2 ** 20).toFixed(0);
  }
}
