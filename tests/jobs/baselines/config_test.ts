import { assert, assertEquals, assertThrows } from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { baselinesConfig, idleFlags, trainingOf } from "../../../lib/jobs/baselines/config.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { COMMAND, configOf } from "../job.ts";

const NOTEBOOK = ["random", "popularity", "gru_global", "sasrec", "sessionknn"];

Deno.test("a run that names no models takes the notebook's five first, then the others", () => {
  const { models } = configOf();
  assertEquals(models.slice(0, 5), NOTEBOOK);
  assertEquals(models.slice(5), ["markov", "sequential_rules", "vsknn", "sasrec_last_item"]);
});

Deno.test("sets of models: notebook, quick, all, and mixed with names", () => {
  assertEquals(configOf("--models", "notebook").models, NOTEBOOK);
  const quick = configOf("--models", "quick").models;
  assert(!quick.includes("sasrec") && quick.includes("sasrec_last_item"));
  assertEquals(configOf("--models", "all").models, BASELINES.map(({ name }) => name));
  assertEquals(configOf("--models", "sknn,notebook,random").models, ["sknn", ...NOTEBOOK]);
  assertThrows(() => configOf("--models", "notbook"), InputError, "; perhaps notebook.");
});

Deno.test("flags of models that the run does not fit have no effect, and are named", () => {
  const idle = (...line: string[]) => {
    const parsed = parseFlags(COMMAND, line);
    return idleFlags(BASELINES, baselinesConfig(parsed), parsed);
  };
  const line = ["--sknn.k", "7", "--vsknn.k", "7", "--stan.k", "500", "--gru_global.epochs", "2"];
  assertEquals(idle("--models", "vsknn", ...line), ["--gru_global.epochs", "--sknn.k"]);
  assertEquals(idle("--models", "all", ...line), []);
});

Deno.test("heads that do not divide SASRec's width are the user's to change", () => {
  const config = configOf("--sasrec.num-heads", "3");
  const sasrec = BASELINES.find(({ name }) => name === "sasrec")!;
  const make = () => sasrec.network!(10, config.own.sasrec, trainingOf(config));
  assertThrows(make, InputError, "3 heads over a width of 64");
});
