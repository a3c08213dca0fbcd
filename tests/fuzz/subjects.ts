/**
 * Every reader of files that come from outside: a valid input, its damage, and the reader. A new
 * format is one more row.
 */
import { GRU_GLOBAL } from "../../lib/baselines/gru_global.ts";
import { parametersFrom } from "../../lib/baselines/weights.ts";
import { BASELINES } from "../../lib/baselines/registry.ts";
import { quietTerminal } from "../../lib/terminal/terminal.ts";
import { sha256 } from "../../lib/files/fingerprint.ts";
import { readRun } from "../../lib/runs/read_run.ts";
import { writeFiles } from "../process/program.ts";
import { parseConfigured, readConfig } from "../../lib/cli/config_file.ts";
import type { Pairs } from "../../lib/dataset/dataset.ts";
import { parseEpisodes } from "../../lib/dataset/read_episodes.ts";
import { parseMark } from "../../lib/dataset/mark.ts";
import { parsePairs } from "../../lib/dataset/read_pairs.ts";
import { processOf } from "../../lib/dataset/synthetic/presets.ts";
import { parseVocabulary } from "../../lib/dataset/vocabulary.ts";
import { startingState } from "../../lib/engine/training_state.ts";
import { gruModel } from "../../lib/models/gru.ts";
import { sasRecModel } from "../../lib/models/sasrec.ts";
import { decodeCheckpoint, writeCheckpoint } from "../../lib/runs/checkpoint.ts";
import { parseProgress } from "../../lib/runs/progress.ts";
import { logRun, readRunLog } from "../../lib/runs/run_log.ts";
import { createRunFolder } from "../../lib/runs/run_folder.ts";
import { type Columns, pairColumns, tinyFolder, type TinyPair } from "../dataset/tiny.ts";
import { COMMAND, configOf, resumedConfig, runJob } from "../jobs/job.ts";
import { logSubjects } from "./log_subjects.ts";
import { concat, mutateBytes } from "./mutate_bytes.ts";
import { COUNTED, mutateColumnsOfFile } from "./counted_models.ts";
import { mutateJson } from "./mutate_json.ts";
import { mutateColumns, mutateParquet } from "./mutate_parquet.ts";
import type { Choices } from "./random.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A reader under fuzz. */
export interface Subject {
  readonly name: string;
  /** How often it is chosen. */
  readonly weight: number;
  /** A damaged input. */
  readonly damage: (random: Choices) => Bytes;
  /**
   * Reads it; `path` is what an error must name. Throws an `Error` of its own when a success is not
   * one.
   */
  readonly read: (bytes: Bytes, path: string) => unknown;
  /** Reads an undamaged input: must succeed, also after all the damage before. */
  readonly valid: () => unknown;
}

const PARQUET = new URL("../fixtures/parquet/", import.meta.url);
const REAL = { synthetic: false };
const N_ITEMS = 7;
const FIXTURE_ITEMS = 17;
const TAG = "20260130_075435";
const utf8 = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** All subjects; `folder` is an empty folder for those that read from disk. */
export async function subjects(folder: string): Promise<Subject[]> {
  const files = [...Deno.readDirSync(PARQUET)].map(({ name }) => name).filter((name) =>
    name.endsWith(".parquet")
  ).sort();
  const fixture = (prefix: string) =>
    files.filter((name) => name.startsWith(prefix)).map((name) =>
      Deno.readFileSync(new URL(name, PARQUET))
    );
  const pairFiles = fixture("pairs_");
  const episodeFiles = fixture("episodes_");
  const pairs = parsePairs(pairFiles[0], "valid", FIXTURE_ITEMS);
  const rows: TinyPair[] = Array.from(
    { length: 6 },
    (_, i) => ({ user: "u", prefix: [i, 1, 2].slice(0, 1 + i % 3), label: i, time: i }),
  );
  const tinyPairs = pairColumns(rows);
  const tinyEpisodes: Columns = {
    episode_id: [0, 1],
    user_id: ["u", "u"],
    support_pair_ids: [[0], [1]],
    query_pair_ids: [[1, 2], [2, 3, 4]],
  };
  const inMemory = parsePairs(
    mutateColumns({ ...tinyPairs, spare: tinyPairs.label }, dropSpare),
    "valid",
    N_ITEMS,
  );
  const json = (
    name: string,
    weight: number,
    valid: readonly unknown[],
    read: Subject["read"],
  ): Subject => ({
    name,
    weight,
    damage: (random) => mutateJson(utf8(random.pick(valid)), random),
    read,
    valid: async () => {
      for (const document of valid) await read(utf8(document), "valid");
    },
  });
  return [
    binarySubject(
      "pairs.parquet",
      25,
      pairFiles,
      mutateParquet,
      (bytes, path) => checkPairs(parsePairs(bytes, path, FIXTURE_ITEMS), FIXTURE_ITEMS),
    ),
    binarySubject(
      "episodes.parquet",
      15,
      episodeFiles,
      mutateParquet,
      (bytes, path) => parseEpisodes(bytes, path, pairs),
    ),
    {
      name: "pairs' columns",
      weight: 6,
      damage: (random) => mutateColumns(tinyPairs, random),
      read: (bytes, path) => checkPairs(parsePairs(bytes, path, N_ITEMS), N_ITEMS),
      valid: () => {},
    },
    {
      name: "episodes' columns",
      weight: 6,
      damage: (random) => mutateColumns(tinyEpisodes, random),
      read: (bytes, path) => parseEpisodes(bytes, path, inMemory),
      valid: () => {},
    },
    json(
      "vocabulary",
      8,
      [{ a: 0, b: 1, c: 2, "../../x": 3 }],
      (bytes, path) => parseVocabulary(bytes, path),
    ),
    json(
      "synthetic.json",
      2,
      [{
        synthetic: true,
        preset: "demo",
        seed: 1,
        process_version: "learners-1",
        changes: { users: 300, topics: 9 },
      }],
      (bytes, path) => {
        const { preset, changes } = parseMark(bytes, path);
        processOf(preset, changes ?? {}, `taking the platform of ${path}`);
      },
    ),
    configSubject(folder, json),
    await resumedSubject(`${folder}/resumed`, json),
    json("progress.json", 4, [PROGRESS], (bytes, path) => parseProgress(bytes, path, TAG)),
    runLogSubject(`${folder}/run_log`, json),
    ...await modelSubjects(folder, json),
    await finishedRunSubject(`${folder}/finished`),
    ...await logSubjects(`${folder}/logs`),
  ];
}

function binarySubject(
  name: string,
  weight: number,
  valid: readonly Bytes[],
  mutate: (bytes: Bytes, random: Choices) => Bytes,
  read: Subject["read"],
): Subject {
  return {
    name,
    weight,
    damage: (random) => mutate(random.pick(valid), random),
    read,
    valid: () => valid.forEach((bytes) => read(bytes, "valid")),
  };
}

type JsonSubject = (
  name: string,
  weight: number,
  valid: readonly unknown[],
  read: Subject["read"],
) => Subject;

const PROGRESS = {
  status: "running",
  run_id: "0".repeat(32),
  run_tag: TAG,
  created_at: "2026-01-30T07:54:35",
  settings: { epochs: 3, models: ["random"] },
  data: { "vocab/course2id.json": "0".repeat(64) },
  models: {
    random: {
      file: {
        path: `reports/06_base_model_selection_xuetangx/${TAG}/models/random.json`,
        bytes: 60,
        sha256: "0".repeat(64),
      },
      training: { seconds: 0.1, epoch_losses: [1, 2] },
    },
  },
};

function configSubject(folder: string, json: JsonSubject): Subject {
  const valid = {
    epochs: 5,
    models: ["random", "popularity"],
    batchSize: 64,
    learningRate: 0.01,
    device: "tfjs",
    out: "x",
    gru_global: { hiddenDim: 32, embeddingDim: 16 },
    sasrec: { numHeads: 4 },
  };
  const run = { notebook: "n", flags: { ...valid, resume: null, gru_global: { epochs: 2 } } };
  return json("--config", 8, [valid, run], async (bytes, path) => {
    const file = `${folder}/config.json`;
    await Deno.writeFile(file, bytes);
    await naming(
      file,
      path,
      async () => parseConfigured(COMMAND, [], await readConfig(file), file),
    );
  });
}

async function resumedSubject(out: string, json: JsonSubject): Promise<Subject> {
  const run = `${out}/reports/06_base_model_selection_xuetangx/${TAG}`;
  const line = ["--resume", "--out", out];
  await Deno.mkdir(run, { recursive: true });
  await Deno.writeFile(`${run}/progress.json`, utf8(PROGRESS));
  const { own, ...flags } = configOf();
  return json("a run's config.json", 4, [{ flags: { ...flags, ...own } }], async (bytes, path) => {
    await Deno.writeFile(`${run}/config.json`, bytes);
    await naming(
      `${run}/config.json`,
      path,
      () => resumedConfig(...line),
    );
  });
}

/** A run log is left alone when it is of a newer version; whatever else is none is set aside. */
function runLogSubject(root: string, json: JsonSubject): Subject {
  const entry = {
    run_id: "a",
    notebook: "n",
    run_tag: TAG,
    out_dir: "reports",
    created_at: "2026-01-30T07:54:35",
  };
  const valid = { schema_version: 1, runs: [entry, entry] };
  return json("meta.json", 2, [valid], async (bytes, path) => {
    const identity = await createRunFolder(root);
    await Deno.writeFile(`${root}/meta.json`, bytes);
    let setAside: string | undefined;
    try {
      await naming(`${root}/meta.json`, path, async () => setAside = await logRun(identity, REAL));
    } catch (error) {
      const left = await Deno.readFile(`${root}/meta.json`);
      await Deno.remove(root, { recursive: true });
      if (left.toHex() !== bytes.toHex()) throw new Error("what was refused has changed");
      throw error;
    }
    const { runs } = await readRunLog(root);
    if (runs.at(-1)?.run_id !== identity.runId) throw new Error("the run is not in the run log");
    if (setAside !== undefined) {
      const kept = await Deno.readFile(setAside);
      if (kept.length !== bytes.length || kept.some((byte, i) => byte !== bytes[i])) {
        throw new Error("what was set aside has changed");
      }
    }
    await Deno.remove(root, { recursive: true });
  });
}

/**
 * A finished run whose documents are damaged, their fingerprints set right so that the damage is
 * looked at.
 */
async function finishedRunSubject(out: string): Promise<Subject> {
  const data = `${out}/data`;
  const line = [
    "--data",
    data,
    "--out",
    out,
    "--k",
    "1",
    "--q",
    "2",
    "--models",
    "random,popularity",
  ];
  await writeFiles(data, tinyFolder());
  await runJob(configOf(...line), data, quietTerminal());
  const { folder, tag, outDir, manifest } = await readRun(out, "latest");
  const documents = ["config", "report", "results", "queries"];
  const valid = await Promise.all(
    [...documents, "manifest"].map((name) => Deno.readFile(`${folder}/${name}.json`)),
  );
  let damaged = 0;
  return {
    name: "a finished run",
    weight: 5,
    damage: (random) => mutateJson(valid[damaged = random.int(valid.length)], random),
    async read(bytes, path) {
      const name = documents[damaged] ?? "manifest";
      const file = `${folder}/${name}.json`;
      const fingerprint = {
        path: `${outDir}/${name}.json`,
        bytes: bytes.length,
        sha256: await sha256(bytes),
      };
      const artifacts = manifest.artifacts.map((artifact) =>
        artifact.path === fingerprint.path ? fingerprint : artifact
      );
      try {
        if (name !== "manifest") {
          await Deno.writeFile(`${folder}/manifest.json`, utf8({ ...manifest, artifacts }));
        }
        await Deno.writeFile(file, bytes);
        // a damaged manifest accuses other files
        await naming(folder, path, () => naming(`the run ${tag}`, path, () => readRun(out, tag)));
      } finally {
        await Deno.writeFile(file, valid[damaged]);
        await Deno.writeFile(`${folder}/manifest.json`, valid.at(-1)!);
      }
    },
    valid: () => readRun(out, tag),
  };
}

async function modelSubjects(folder: string, json: JsonSubject): Promise<Subject[]> {
  const gru = gruModel(N_ITEMS, { embeddingDim: 2, hiddenDim: 3 });
  const sasrec = sasRecModel(N_ITEMS, { hiddenDim: 4, numBlocks: 1, maxLen: 5 });
  const owner = { name: "gru_global", model: gru, seed: 1, key: "k" };
  const state = startingState(gru, 1);
  const checkpoint = await Deno.readFile(
    await writeCheckpoint(folder, owner, {
      cursor: { epochLosses: [2], batchLosses: [1, 1.5] },
      state,
      seconds: 1,
    }),
  );
  const neural = [gru, sasrec].map((model) =>
    GRU_GLOBAL.encode({ model, parameters: startingState(model, 1).parameters })
  );
  const plain: Record<string, unknown> = {
    random: { architecture: "random", nItems: 7, seed: 1 },
    popularity: { architecture: "popularity", shares: Float64Array.of(0.5, 0.25, 0.25) },
    sessionknn: {
      architecture: "sessionknn",
      nItems: 7,
      k: 2,
      sampleSize: 3,
      seed: 1,
      offsets: Int32Array.of(0, 2, 3),
      items: Int32Array.of(1, 2, 3),
    },
  };
  return [
    binarySubject(
      "checkpoint",
      8,
      [checkpoint],
      mutateSafeTensors,
      (bytes, path) =>
        decodeCheckpoint(
          bytes,
          path,
          owner,
          (tensors, path) => parametersFrom(gru, tensors, path),
        ),
    ),
    binarySubject(
      "model.safetensors",
      7,
      neural,
      mutateSafeTensors,
      (bytes, path) => GRU_GLOBAL.decode(bytes, `${path}.safetensors`),
    ),
    ...COUNTED.flatMap(({ name, valid, read }) => [
      binarySubject(name, 1, [valid], mutateSafeTensors, read),
      binarySubject(`${name}, columns`, 1, [valid], mutateColumnsOfFile, read),
    ]),
    ...BASELINES.filter(({ extension }) => extension === "json").map(({ name, encode, decode }) =>
      json(
        `model ${name}.json`,
        2,
        [JSON.parse(new TextDecoder().decode(encode(plain[name])))],
        (bytes, path) => decode(bytes, `${path}.json`),
      )
    ),
  ];
}

function mutateSafeTensors(bytes: Bytes, random: Choices): Bytes {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  if (random.chance(0.4)) return mutateBytes(bytes, random);
  const header = mutateJson(bytes.slice(8, 8 + length), random);
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(header.length), true);
  const body = bytes.slice(8 + length);
  if (random.chance(0.2) && body.length >= 4) {
    new DataView(body.buffer).setFloat32(0, random.pick([NaN, Infinity, -Infinity]), true);
  }
  return concat(size, header, body);
}

/** Reads from disk: an error must name the file, and then names `path` for the caller. */
async function naming(file: string, path: string, read: () => Promise<unknown>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (error instanceof Error && error.message.includes(file)) {
      error.message = error.message.replaceAll(file, path);
    }
    throw error;
  }
}

function checkPairs(
  { count, label, user, users, prefixStart, prefixLength, items, labelTime, pairId }: Pairs,
  nItems: number,
): void {
  const sound =
    [label, user, prefixStart, prefixLength, labelTime, pairId].every((column) =>
      column.length === count
    ) &&
    label.every((id) => id >= 0 && id < nItems) && items.every((id) => id >= 0 && id < nItems) &&
    user.every((index) => index < users.length) &&
    prefixLength.every((length, i) => length > 0 && prefixStart[i] + length <= items.length) &&
    new Set(pairId).size === count;
  if (!sound) throw new Error("pairs that are not sound were accepted");
}

/** The choices that make `mutateColumns` drop the last column and nothing else. */
const dropSpare: Choices = {
  int: () => 0,
  pick: (list) => list[list.length - 1],
  chance: () => false,
};
