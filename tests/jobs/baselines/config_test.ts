import { assert, assertEquals, assertThrows } from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { trainingOf } from "../../../lib/jobs/baselines/config.ts";
import { configOf } from "../job.ts";

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

Deno.test("heads that do not divide SASRec's width are the user's to change", () => {
  const config = configOf("--sasrec.num-heads", "3");
  const sasrec = BASELINES.find(({ name }) => name === "sasrec")!;
  const make = () => sasrec.network!(10, config.own.sasrec, trainingOf(config));
  assertThrows(make, InputError, "3 heads over a width of 64");
});
