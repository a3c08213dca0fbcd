import { assertEquals } from "@std/assert";
import { RANDOM } from "../../../lib/baselines/random.ts";
import { POPULARITY } from "../../../lib/baselines/popularity.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { baselinesCommand, baselinesConfig } from "../../../lib/jobs/baselines/config.ts";
import { runBaselines } from "../../../lib/jobs/baselines/run.ts";
import { tinyFolder, writeFolder } from "../../dataset/tiny.ts";
import { inFolder } from "../../in_folder.ts";
import { jobOf } from "../job.ts";
import { recorder } from "../recorder.ts";

Deno.test("the lines of the evaluation keep their columns under a name of any length", () =>
  inFolder(async (out) => {
    const baselines = [POPULARITY, { ...RANDOM, name: "random_under_a_very_long_name" }];
    const heard = recorder();
    const line = ["--out", out, "--k", "1", "--q", "2"];
    const config = baselinesConfig(parseFlags(baselinesCommand(baselines), line));
    const job = await jobOf(config, heard.terminal, { baselines });
    await runBaselines(job, await writeFolder(tinyFolder()));
    const lines = heard.text().split("\n").filter((line) => line.includes(" Accuracy@1 0."));
    const columns = lines.map((line) => line.indexOf("Accuracy@1"));
    assertEquals(columns, [33, 33], lines.join("\n"));
  }));
