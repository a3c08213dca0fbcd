import { assertEquals } from "@std/assert";
import { remainingMs } from "../../../lib/jobs/sweep/remaining.ts";
import type { Unit } from "../../../lib/jobs/sweep/units.ts";

const trial = (model: string): Unit => ({
  kind: "trial",
  name: model,
  trial: { name: model, model, settings: {}, seed: 1, data: "a" },
});
const run = (...models: string[]): Unit => ({
  kind: "run",
  name: "1",
  run: { tag: "1", models, seed: 1, data: "a" },
});
const took = (unit: Unit, seconds: number) => ({ unit, seconds });

Deno.test("the rest takes what its like took, shared among the workers", () => {
  assertEquals(remainingMs([], [trial("gru")], 2), undefined);
  const known = [took(trial("gru"), 10), took(trial("gru"), 14), took(trial("knn"), 1)];
  const left = [trial("gru"), trial("gru"), trial("knn"), trial("knn")];
  assertEquals(remainingMs(known, left, 2), 1000 * (12 + 12 + 1 + 1) / 2);
  // a run is its models' trials until one has ended; what nothing is known of is the average
  assertEquals(remainingMs(known, [run("gru", "knn")], 1), 13_000);
  assertEquals(remainingMs([...known, took(run("gru"), 20)], [run("gru")], 1), 20_000);
  assertEquals(remainingMs(known, [trial("new"), run("other")], 1), 2 * 1000 * 25 / 3);
  // more workers than pieces end no piece sooner
  assertEquals(remainingMs(known, [trial("gru"), trial("knn")], 8), 12_000);
});
