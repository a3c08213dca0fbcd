/** Readers of configurations and of what runs keep, under fuzz. */
import { parseConfigured, readConfig } from "../../lib/cli/config_file.ts";
import { sha256 } from "../../lib/files/fingerprint.ts";
import { parseProgress } from "../../lib/runs/progress.ts";
import { readRun } from "../../lib/runs/read_run.ts";
import { createRunFolder } from "../../lib/runs/run_folder.ts";
import { logRun, readRunLog } from "../../lib/runs/run_log.ts";
import { quietTerminal } from "../../lib/terminal/terminal.ts";
import { tinyFolder } from "../dataset/tiny.ts";
import { COMMAND, configOf, resumedConfig, runJob } from "../jobs/job.ts";
import { writeFiles } from "../process/program.ts";
import { mutateJson } from "./mutate_json.ts";
import { jsonSubject, naming, type Subject, utf8 } from "./subject.ts";

const REAL = { synthetic: false };
const TAG = "20260130_075435";
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

/** Of runs that begin or go on; `folder` is an empty folder. */
export async function runSubjects(folder: string): Promise<Subject[]> {
  return [
    configSubject(folder),
    await resumedSubject(`${folder}/resumed`),
    jsonSubject("progress.json", 4, [PROGRESS], (bytes, path) => parseProgress(bytes, path, TAG)),
    runLogSubject(`${folder}/run_log`),
  ];
}

function configSubject(folder: string): Subject {
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
  return jsonSubject("--config", 8, [valid, run], async (bytes, path) => {
    const file = `${folder}/config.json`;
    await Deno.writeFile(file, bytes);
    await naming(
      file,
      path,
      async () => parseConfigured(COMMAND, [], await readConfig(file), file),
    );
  });
}

async function resumedSubject(out: string): Promise<Subject> {
  const run = `${out}/reports/06_base_model_selection_xuetangx/${TAG}`;
  const line = ["--resume", "--out", out];
  await Deno.mkdir(run, { recursive: true });
  await Deno.writeFile(`${run}/progress.json`, utf8(PROGRESS));
  const { own, ...flags } = configOf();
  return jsonSubject(
    "a run's config.json",
    4,
    [{ flags: { ...flags, ...own } }],
    async (bytes, path) => {
      await Deno.writeFile(`${run}/config.json`, bytes);
      await naming(
        `${run}/config.json`,
        path,
        () => resumedConfig(...line),
      );
    },
  );
}

/** A run log is left alone when it is of a newer version; whatever else is none is set aside. */
function runLogSubject(root: string): Subject {
  const entry = {
    run_id: "a",
    notebook: "n",
    run_tag: TAG,
    out_dir: "reports",
    created_at: "2026-01-30T07:54:35",
  };
  const valid = { schema_version: 1, runs: [entry, entry] };
  return jsonSubject("meta.json", 2, [valid], async (bytes, path) => {
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
export async function finishedRunSubject(out: string): Promise<Subject> {
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
