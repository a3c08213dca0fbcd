/** What is run in each checkout, and which of the files it writes are compared. */

/** One program, run once. */
export interface Job {
  readonly task: string;
  /** Its flags. TAG1 and TAG2 stand for the tags of the first two runs in the case's folder. */
  readonly args: readonly string[];
  /** The name under which its output is kept, to be compared as a file is. */
  readonly keep?: string;
  /** What it must print, or it did not do what the case is about. */
  readonly says?: string;
  /** Interrupt it as soon as its first checkpoint is there. */
  readonly interrupt?: true;
  /** It reads files of packages while it runs, which its task may not. */
  readonly readsPackages?: true;
}

/** Jobs that write into the folders runs/NAME and data/NAME of the tree. */
export interface Case {
  readonly name: string;
  readonly jobs: readonly Job[];
  /**
   * Where it is run. "new" is for old runs in the new checkout: its copies come from the old side,
   * and what it gives is compared with what the case `reference` gave there.
   */
  readonly sides: "both" | "old" | "new";
  /** Folders to copy before the first job, by their paths in the tree: [from, to]. */
  readonly copies: readonly (readonly [string, string])[];
  /** Cases that make what the copies and the jobs read. */
  readonly needs: readonly string[];
  readonly reference: string;
  /** The files that are compared. */
  readonly compared: RegExp;
}

type CaseOptions = Partial<Omit<Case, "name" | "jobs">>;

function caseOf(name: string, jobs: readonly Job[], options: CaseOptions = {}): Case {
  return {
    name,
    jobs,
    sides: "both",
    copies: [],
    needs: [],
    reference: name,
    compared: EVERY_FILE,
    ...options,
  };
}

const EVERY_FILE = /^/;
/** What the jobs printed. */
const OUTPUT = /^output\//;
const OUTPUT_AND_EVALUATIONS = /^output\/|\/evaluations\//;
/** What an interruption must not touch. Other files tell that there was one. */
const NUMBERS = /\/models\/|\/results\/|\/(results|queries|report)\.json$/;

const ALL_MODELS = "random,popularity,gru_global,sasrec,sessionknn,sasrec_last_item";
const ALL_BUT_SASREC = "random,popularity,gru_global,sessionknn,sasrec_last_item";

/** Where a run without --data makes its data set. */
const EMBEDDED = "data/synthetic/demo_K5_Q10";
/** Of that set: the tie rule shows only far down a ranking, where courses have equal scores. */
const EVERY_COURSE = "80";
/** A real data set and the log that it was made from, which lie beside a checkout. */
const MARS = "../shared/data/mars_fr";
const MARS_LOG = `${MARS}/raw/explicit_ratings_fr.csv.gz`;
/** Inputs that this script makes in every tree. */
export const SMALL_LOG = "data/log.csv";
export const SESSIONS = "data/sessions.csv";

/** The run that is read, evaluated and recommended from. */
const SAVED = "demo-threads-1-pairs";
/** The run that is also interrupted and resumed. */
const RESUMED = "demo-threads-2-pairs";

export const CASES: readonly Case[] = [
  synthesizeCase("synthetic-demo", ["--preset", "demo"]),
  synthesizeCase("synthetic-small", flags("--courses 40 --users 300 --k 2 --q 3")),
  synthesizeCase("synthetic-changed", flags("--preset xuetangx --users 900 --topics 7 --seed 1")),
  ...prepareCases("user"),
  ...prepareCases("time"),
  ...wasmCases(1, "pairs"),
  ...wasmCases(1, "sessions"),
  ...wasmCases(2, "pairs"),
  ...wasmCases(2, "sessions"),
  slowEngineCase("webgpu"),
  slowEngineCase("tfjs", { readsPackages: true }),
  recommendCase("recommend"),
  evaluateCase("evaluate"),
  caseOf("report", [...twoRuns("report"), ...reportJobs("report")]),
  interruptedCase("interrupted"),
  onOldRun(recommendCase, "recommend"),
  onOldRun(evaluateCase, "evaluate"),
  onOldRun(reportAgainCase, "report"),
  onOldRun(resumeCase, "resume"),
];

export function flags(line: string): string[] {
  return line.split(" ");
}

function synthesizeCase(name: string, args: readonly string[]): Case {
  return caseOf(name, [{ task: "synthesize", args: ["--out", `data/${name}`, ...args] }]);
}

function prepareCases(by: string): Case[] {
  const prepare = (name: string, args: readonly string[]) =>
    caseOf(name, [{
      task: "prepare",
      args: ["--out", `data/${name}`, "--split-by", by, "--time", "created_at", ...args],
    }]);
  return [
    prepare(`prepare-mars-${by}`, ["--input", MARS_LOG]),
    prepare(`prepare-small-${by}`, ["--input", SMALL_LOG, "--k", "2,3", "--q", "3"]),
  ];
}

/** The CPU engine. Its sums depend on the number of threads, GRU's windows on the batching. */
function wasmCases(threads: number, batching: string): Case[] {
  const demo = `demo-threads-${threads}-${batching}`;
  const mars = `mars-threads-${threads}-${batching}`;
  // SASRec over padding takes most of the time on mars, and the batching does not touch it
  const models = batching === "pairs" ? ALL_MODELS : ALL_BUT_SASREC;
  return [
    caseOf(demo, [wasmJob(demo, threads, batching, ["--models", ALL_MODELS])]),
    caseOf(mars, [wasmJob(mars, threads, batching, ["--models", models, "--data", MARS])]),
  ];
}

function wasmJob(name: string, threads: number, batching: string, more: readonly string[]): Job {
  const engine = flags(`--epochs 2 --device wasm --threads ${threads} --batching ${batching}`);
  return { task: "baselines", args: ["--out", `runs/${name}`, ...engine, ...more] };
}

/** An engine that is slow on this machine, on a set that takes it seconds. */
function slowEngineCase(device: string, options: Partial<Job> = {}): Case {
  const data = flags("--data data/synthetic-small --k 2 --q 3");
  const size = flags("--epochs 1 --max-seq-len 20 --batch-size 200"); // the last batch is not full
  const args = ["--out", `runs/${device}`, "--device", device, "--models", ALL_MODELS];
  const job = { task: "baselines", args: [...args, ...data, ...size], ...options };
  return caseOf(device, [job], { needs: ["synthetic-small"] });
}

function recommendCase(name: string): Case {
  const recommend = (keep: string, ...args: string[]) => ({
    task: "recommend",
    args: ["--out", `runs/${name}`, "--input", SESSIONS, "--json", ...args],
    keep,
  });
  const jobs = [
    ...ALL_MODELS.split(",").map((model) =>
      recommend(`${model}.json`, "--model", model, "--top", EVERY_COURSE)
    ),
    recommend("unseen.json", "--exclude-seen", "--top", "3"),
  ];
  return caseOf(name, jobs, {
    needs: [SAVED],
    copies: [[`runs/${SAVED}`, `runs/${name}`]],
    compared: OUTPUT,
  });
}

function evaluateCase(name: string): Case {
  const how = flags("--split val --device wasm --threads 1 --json");
  const args = ["--out", `runs/${name}`, "--data", `data/${name}`, ...how];
  return caseOf(name, [{ task: "evaluate", args, keep: "evaluation.json" }], {
    needs: [SAVED],
    copies: [[`runs/${SAVED}`, `runs/${name}`], [EMBEDDED, `data/${name}`]],
    compared: OUTPUT_AND_EVALUATIONS,
  });
}

function twoRuns(name: string): Job[] {
  const models = flags("--models popularity,sessionknn,gru_global");
  return ["0.001", "0.003"].map((rate) =>
    wasmJob(name, 1, "pairs", [...models, "--learning-rate", rate])
  );
}

function reportJobs(name: string): Job[] {
  const out = ["--out", `runs/${name}`];
  return [
    { task: "report", args: ["--run", "TAG1", ...out], keep: "run.txt" },
    { task: "report", args: ["--compare", "TAG1", "TAG2", ...out], keep: "compare.txt" },
  ];
}

function reportAgainCase(name: string): Case {
  return caseOf(name, reportJobs(name), { copies: [["runs/report", `runs/${name}`]] });
}

/** RESUMED, stopped somewhere: where is a matter of luck, so this is compared with nothing. */
function interruptedCase(name: string): Case {
  // often enough for one in the middle of the first epoch
  const often = ["--checkpoint-every", "0.05"];
  const job = wasmJob(name, 2, "pairs", ["--models", ALL_MODELS, ...often]);
  return caseOf(name, [{ ...job, interrupt: true }], { sides: "old" });
}

function resumeCase(name: string): Case {
  const args = ["--resume", "--out", `runs/${name}`];
  // training anew would give the same bytes
  const says = "going on from step";
  return caseOf(name, [{ task: "baselines", args, says }], {
    needs: ["interrupted"],
    copies: [["runs/interrupted", `runs/${name}`], [EMBEDDED, EMBEDDED]],
    compared: NUMBERS,
    reference: RESUMED,
  });
}

/** The case that a saved run of the old checkout still opens in the new one. */
function onOldRun(make: (name: string) => Case, what: string): Case {
  const made = make(`old-${what}`);
  const reference = made.reference === made.name ? what : made.reference;
  return { ...made, sides: "new", reference, needs: [...made.needs, reference] };
}
