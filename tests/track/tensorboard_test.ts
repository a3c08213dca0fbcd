/** Event files: their framing by published checksums, and what TensorBoard's own reader reads. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { crc32c } from "../../lib/track/tensorboard/crc32c.ts";
import { message, string, whole } from "../../lib/track/tensorboard/protobuf.ts";
import { tfRecord } from "../../lib/track/tensorboard/record.ts";
import { tensorboardTracker } from "../../lib/track/tensorboard/tracker.ts";
import type { TrackedRun } from "../../lib/track/tracker.ts";
import { openTrackers } from "../../lib/track/trackers.ts";
import { configOf, resumedConfig, runJob } from "../jobs/job.ts";
import { TINY_FLAGS } from "../jobs/recommend/tiny_run.ts";
import { recorder } from "../jobs/recorder.ts";
import { tinyFolder, writeFolder } from "../dataset/tiny.ts";
import { hasModules, python } from "./python.ts";

const HAS_TENSORBOARD = await hasModules("tensorboard");

const runIn = (folder: string): TrackedRun => ({
  id: "0a1b",
  tag: "20260130_075435",
  program: "baselines",
  folder,
  parameters: { epochs: 3, batching: "pairs|sessions", validate: true },
  models: { gru_global: { hiddenDim: 64 }, popularity: {} },
});

Deno.test("CRC-32C gives RFC 3720's checksums, and a record holds them masked", () => {
  const digits = new TextEncoder().encode("123456789");
  assertEquals(crc32c(digits), 0xe3069283);
  assertEquals(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assertEquals(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assertEquals(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
  const record = tfRecord(digits);
  const view = new DataView(record.buffer);
  assertEquals([view.getBigUint64(0, true), record.length], [9n, 8 + 4 + 9 + 4]);
  assertEquals(record.subarray(12, 21), digits);
  // rotated right by 15 bits, plus a constant
  const masked = ((0xe3069283 >>> 15) | (0xe3069283 << 17)) + 0xa282ead8;
  assertEquals(view.getUint32(21, true), masked >>> 0);
});

Deno.test("a message is its fields: numbers over seven bits, texts, messages in messages", () => {
  // protobuf's own examples: field 1 = 150, field 2 = "testing", field 3 = { 1: 150 }
  assertEquals(whole(1, 150), Uint8Array.of(0x08, 0x96, 0x01));
  assertEquals(
    string(2, "testing"),
    Uint8Array.of(0x12, 7, ...new TextEncoder().encode("testing")),
  );
  assertEquals(message(3, whole(1, 150)), Uint8Array.of(0x1a, 3, 0x08, 0x96, 0x01));
  assertEquals(whole(1, 2 ** 40), Uint8Array.of(0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20));
});

/** What TensorBoard makes of a folder: scalars by tag, a text, and its HPARAMS page. */
const READER = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata
told = EventAccumulator(sys.argv[1]).Reload()
scalars = {t: [[e.step, e.value] for e in told.Scalars(t)] for t in told.Tags()["scalars"]}
text = told.Tensors("parameters")[0].tensor_proto.string_val[0].decode()
plugin = told.PluginTagToContent("hparams")
start = metadata.parse_session_start_info_plugin_data(plugin["_hparams_/session_start_info"])
ends = plugin.get("_hparams_/session_end_info")
hparams = {k: getattr(v, v.WhichOneof("kind")) for k, v in start.hparams.items()}
end = ends and metadata.parse_session_end_info_plugin_data(ends).status
print(json.dumps({"scalars": scalars, "text": text, "hparams": hparams, "end": end}))
`;

async function told(folder: string) {
  const { success, text } = await python(READER, folder);
  if (!success) throw new Error(text);
  return JSON.parse(text);
}

const f32 = Math.fround;

Deno.test({
  name: "TensorBoard reads two sessions of a run as one, the epoch that both told once",
  ignore: !HAS_TENSORBOARD,
  async fn() {
    const run = runIn(await Deno.makeTempDir());
    const first = tensorboardTracker(run, "tensorboard", () => 1700000000.25);
    await first.begin();
    await first.epoch("gru_global", 1, { loss: 4.1, "validation/mrr": 0.2 });
    await first.epoch("gru_global", 2, { loss: 3.5, "validation/mrr": NaN });
    const second = tensorboardTracker(run, "tensorboard", () => 1700000007);
    await second.begin();
    await second.epoch("gru_global", 2, { loss: 3.4 });
    await second.epoch("gru_global", 3, { loss: 3.1 });
    await second.metrics("gru_global", 3, { "test/mrr": 0.25 });
    await second.metrics("popularity", 0, { "test/mrr": 0.125 });
    await second.end("finished");
    const { scalars, text, hparams, end } = await told(`${run.folder}/tensorboard/gru_global`);
    assertEquals(scalars, {
      loss: [[1, f32(4.1)], [2, f32(3.4)], [3, f32(3.1)]],
      "validation/mrr": [[1, f32(0.2)]],
      "test/mrr": [[3, 0.25]],
    });
    assertStringIncludes(text, "| hiddenDim | 64 |");
    assertStringIncludes(text, "| batching | pairs\\|sessions |");
    assertEquals(hparams, { epochs: 3, batching: "pairs|sessions", validate: true, hiddenDim: 64 });
    assertEquals(end, 1); // STATUS_SUCCESS
    const popularity = await told(`${run.folder}/tensorboard/popularity`);
    assertEquals(popularity.scalars, { "test/mrr": [[0, 0.125]] });
  },
});

Deno.test({
  name: "a run that is stopped and resumed is one curve in TensorBoard, of the report's losses",
  ignore: !HAS_TENSORBOARD,
  async fn() {
    const data = await writeFolder(tinyFolder());
    const out = await Deno.makeTempDir();
    const flags = ["--validate", "--models", "popularity,gru_global"];
    const config = configOf(...TINY_FLAGS, ...flags, "--track", "tensorboard", "--out", out);
    const { terminal, text } = recorder();
    const received = () => text().includes("epoch 1/2") ? "SIGINT" as const : undefined;
    const signal = { received, stop: () => {} };
    assert("stopped" in await runJob(config, data, terminal, signal));
    const end = await runJob(await resumedConfig("--resume", "--out", out), data, terminal);
    assert("finished" in end);
    const folder = `${out}/${end.finished.outDir}`;
    const report = JSON.parse(await Deno.readTextFile(`${folder}/report.json`));
    const { scalars } = await told(`${folder}/tensorboard/gru_global`);
    const losses: number[] = report.training.gru_global.epoch_losses;
    assertEquals(scalars.loss, losses.map((loss, i) => [i + 1, f32(loss)]));
    assertEquals(scalars["validation/mrr"].length, losses.length);
    assertEquals(scalars["test/mrr"], [[2, f32(report.metrics.gru_global.mrr)]]);
    const names = [...Deno.readDirSync(`${folder}/tensorboard/gru_global`)];
    assertEquals(names.length, 2, "both sessions wrote");
  },
});

Deno.test("a disk that takes no events is said once and costs the run nothing", async () => {
  const run = runIn(await Deno.makeTempDir());
  await Deno.writeTextFile(`${run.folder}/tensorboard`, "a file where the folder goes");
  const warnings: string[] = [];
  const tracker = openTrackers(["tensorboard"], run, (text) => warnings.push(text));
  await tracker.begin();
  await tracker.epoch("gru_global", 1, { loss: 1 });
  await tracker.end("finished");
  assertEquals(warnings.length, 1);
  assertStringIncludes(
    warnings[0],
    "--track tensorboard ends here, the run goes on: While writing",
  );
});
