import { assertEquals, assertThrows } from "@std/assert";
import { BASELINES } from "../../../lib/baselines/registry.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import { baselinesConfig } from "../../../lib/jobs/baselines/config.ts";
import { idleFlags } from "../../../lib/jobs/baselines/idle.ts";
import { COMMAND } from "../job.ts";

const idle = (line: string, config = {}) => {
  const parsed = parseFlags(COMMAND, line.split(" "), config);
  return idleFlags(BASELINES, baselinesConfig(parsed), parsed);
};

Deno.test("flags of models that the run does not fit have no effect, and are named", () => {
  const line = "--sknn.k 7 --vsknn.k 7 --stan.k 500 --gru_global.epochs 2";
  const told = (flag: string) => `${flag} has no effect: the run does not fit that model`;
  assertEquals(idle(`--models vsknn ${line}`), ["--gru_global.epochs", "--sknn.k"].map(told));
  assertEquals(idle(`--models all ${line}`), []);
});

Deno.test("a setting that another one keeps from doing anything is refused by name", () => {
  const refused: [string, string, string][] = [
    ["gru_global", "negatives 8", "--gru_global.loss bce or gbce or bpr_max"],
    ["sasrec_tied", "calibration 0.5", "--sasrec_tied.loss gbce"],
    ["gru_tied", "loss bce --gru_tied.regularisation 2", "--gru_tied.loss bpr_max"],
    ["sequential_rules", "session-weighting log", "--sequential_rules.last-in-session above 0"],
    ["vsknn", "idf-weighting-session --vsknn.weighting log", "--no-vsknn.idf-weighting-session"],
    ["stan", "sample-size 0 --stan.sampling random", "--stan.sample-size above 0"],
    ["gru_global", "tied --gru_global.own-padding", "--no-gru_global.tied"],
  ];
  for (const [model, settings, needs] of refused) {
    const { message } = assertThrows(
      () => idle(`--models ${model} --${model}.${settings}`),
      InputError,
      `Expected: ${needs}.`,
    );
    assertEquals(message.startsWith(`While reading --${model}.`), true, message);
  }
  assertThrows(() => idle("--models gru_global", { gru_global: { negatives: 8 } }), InputError);
  for (
    const line of [
      "--gru_global.negatives 16", // the default asks for nothing
      "--gru_global.loss gbce --gru_global.negatives 8 --gru_global.calibration 1",
      "--sequential_rules.last-in-session 3 --sequential_rules.session-weighting log",
      "--models all --vsknn.weighting log --stan.sampling random --patience 2 --select mrr",
    ]
  ) assertEquals(idle(line), []);
});

Deno.test("settings of the run that no model goes by are refused or told", () => {
  for (const flags of ["--patience 2", "--validate", "--validate --select recall@5"]) {
    assertThrows(() => idle(`--models markov ${flags}`), InputError, "a network among --models");
  }
  assertThrows(() => idle("--select recall@5"), InputError, "--validate, or --patience above 0");
  const told = (flag: string) => `${flag} has no effect: no model of the run goes by it`;
  assertEquals(idle("--models markov,random --epochs 3 --batch-size 8"), [
    told("--epochs"),
    told("--batch-size"),
  ]);
  const own = "--models gru_global --epochs 3 --gru_global.epochs 4";
  assertEquals(idle(own), [told("--epochs")]);
  assertEquals(idle(`${own} --models sasrec`.replace("--models gru_global ", "")), [
    "--gru_global.epochs has no effect: the run does not fit that model",
  ]);
  assertEquals(idle("--models markov,gru_global,sasrec,sasrec_tied --batching sessions"), [
    "--batching has no effect on sasrec, sasrec_tied",
  ]);
  assertEquals(idle("--models all --epochs 3 --learning-rate 0.1 --patience 1"), []);
});
