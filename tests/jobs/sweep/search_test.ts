import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { GRU_GLOBAL } from "../../../lib/baselines/gru_global.ts";
import { MARKOV } from "../../../lib/baselines/markov.ts";
import { SASREC_LAST_ITEM } from "../../../lib/baselines/sasrec_last_item.ts";
import { VSKNN } from "../../../lib/baselines/vsknn.ts";
import { parseFlags } from "../../../lib/cli/flags.ts";
import { InputError } from "../../../lib/errors/input_error.ts";
import {
  candidatesOf,
  checkAxes,
  gridSetting,
  type Search,
} from "../../../lib/jobs/sweep/search.ts";
import { sweepCommand } from "../../../lib/jobs/sweep/config.ts";
import { defaultsOf } from "../../../lib/settings/settings.ts";

const GRU = defaultsOf(GRU_GLOBAL.config);
const search = (grid: string, more: Partial<Search> = {}): Search => ({
  axes: gridSetting().parse(grid, "grid"),
  random: 0,
  seed: 7,
  defaults: false,
  ...more,
});
const of = (grid: string, more?: Partial<Search>, baseline = GRU_GLOBAL) =>
  candidatesOf(baseline, defaultsOf(baseline.config), search(grid, more));

Deno.test("a grid is every combination in order, over the settings that are not searched", () => {
  const grid = "gru_global.hidden-dim=8,16,gru_global.learning-rate=0.1,0.01";
  assertEquals(of(grid), [
    { ...GRU, hiddenDim: 8, learningRate: 0.1 },
    { ...GRU, hiddenDim: 8, learningRate: 0.01 },
    { ...GRU, hiddenDim: 16, learningRate: 0.1 },
    { ...GRU, hiddenDim: 16, learningRate: 0.01 },
  ]);
  assertEquals(of("gru_global.epochs=3..6").map(({ epochs }) => epochs), [3, 4, 5, 6]);
  assertEquals(of("sasrec.epochs=1,2"), [GRU]);
});

Deno.test("values that are the same are tried once; the defaults are one more on request", () => {
  assertEquals(of("gru_global.hidden-dim=8,8,08").length, 1);
  const { hiddenDim } = GRU;
  assertEquals(of(`gru_global.hidden-dim=${hiddenDim},8`, { defaults: true }).length, 2);
  assertEquals(of("gru_global.hidden-dim=8", { defaults: true })[0], GRU);
});

Deno.test("an axis of every model is that of those which have the setting", () => {
  const grid = "*.hidden-dim=8,16";
  assertEquals(of(grid).length, 2);
  assertEquals(of(grid, {}, SASREC_LAST_ITEM as unknown as typeof GRU_GLOBAL).length, 2);
  assertEquals(of(grid, {}, MARKOV as unknown as typeof GRU_GLOBAL).length, 1);
});

Deno.test("draws lie in their range, evenly among logarithms, and depend on nothing else", () => {
  const grid = "gru_global.learning-rate=1e-4..1e-2:log,gru_global.hidden-dim=8..15";
  const drawn = of(grid, { random: 400 });
  assertEquals(drawn.length, 400);
  const rates = drawn.map(({ learningRate }) => learningRate as number);
  assert(rates.every((rate) => rate >= 1e-4 && rate <= 1e-2));
  // half of them lie below the geometric middle: 200 ± 4 standard deviations of 10
  const low = rates.filter((rate) => rate < 1e-3).length;
  assert(low > 160 && low < 240, `${low} below 1e-3`);
  const sizes = drawn.map(({ hiddenDim }) => hiddenDim as number);
  assertEquals(new Set(sizes), new Set([8, 9, 10, 11, 12, 13, 14, 15]));
  // further axes and more draws change none of those that were there
  const more = of(`${grid},gru_global.epochs=1,2`, { random: 500 });
  assertEquals(more.slice(0, 400).map(({ learningRate }) => learningRate), rates);
  assert(rates[0] !== of(grid, { random: 1, seed: 8 })[0].learningRate);
  // no more than there are, however many are asked for
  assertEquals(of("gru_global.hidden-dim=8,16,32", { random: 50 }).length, 3);
});

Deno.test("a grid in a file may be an object of objects", () => {
  const { fromJson, parse } = gridSetting();
  const file = { gru_global: { hiddenDim: [8, 16], learningRate: "1e-4..1e-2:log" } };
  const line = "gru_global.hidden-dim=8,16,gru_global.learning-rate=1e-4..1e-2:log";
  assertEquals(parse(fromJson!(file)!, "grid"), parse(line, "grid"));
  assertEquals(parse(fromJson!([line])!, "grid"), parse(line, "grid"));
  assertEquals(fromJson!({ gru_global: 3 }), undefined);
  const command = sweepCommand([GRU_GLOBAL]);
  const deep = JSON.parse("[".repeat(5000) + "]".repeat(5000));
  const nested = [{ hiddenDim: deep }, { hiddenDim: { a: 1 } }, { hiddenDim: [[8]] }];
  for (
    const grid of [
      [],
      "a",
      { gru_global: 3 },
      deep,
      ...nested.map((gru_global) => ({ gru_global })),
    ]
  ) {
    const refused = () => parseFlags(command, [], { grid });
    assertThrows(refused, InputError, 'Expected: an object such as {"gru_global"');
  }
  assertEquals(parseFlags(command, [], { grid: [line], data: [] }).values.grid.length, 2);
});

Deno.test("a grid is counted before it is made, and too large a one is refused", () => {
  const numbers = Array.from({ length: 299 }, (_, i) => i + 1).join();
  const line = ["k", "sample-size", "idf-weighting"].map((key) => `vsknn.${key}=${numbers}`);
  const vsknn = (grid: string, more?: Partial<Search>) =>
    of(grid, more, VSKNN as unknown as typeof GRU_GLOBAL);
  const { message } = assertThrows(() => vsknn(line.join()), InputError);
  assertStringIncludes(message, "26,730,899 settings of vsknn, 299 × 299 × 299");
  assertStringIncludes(message, "at most 100,000");
  assertThrows(() => vsknn("vsknn.k=1..999,vsknn.sample-size=1..999"), InputError, "998,001");
  assertEquals(vsknn("vsknn.k=1..100,vsknn.sample-size=1..100").length, 10_000);
  assertEquals(vsknn(line.join(), { random: 5 }).length, 5);
});

Deno.test("what cannot be searched is refused with what would be", () => {
  const refused = (grid: string, part: string, more?: Partial<Search>) =>
    assertThrows(
      () => {
        checkAxes(search(grid).axes, [GRU_GLOBAL, MARKOV]);
        of(grid, more);
      },
      InputError,
      part,
    );
  refused("hidden-dim=8", "model.setting=value");
  refused("gru_globl.hidden-dim=8", "gru_global");
  refused("gru_global.hiden-dim=8", "perhaps gru_global.hidden-dim");
  refused("*.zzzzzzzzzz=8", "a setting of some model of the sweep");
  refused("gru_global.hidden-dim=", "at least one value");
  refused("gru_global.hidden-dim=8,gru_global.hidden-dim=16", "only gru_global.hidden-dim=8");
  refused("gru_global.hidden-dim=8,*.hidden-dim=16", "only gru_global.hidden-dim=8");
  refused("gru_global.hidden-dim=0", "a whole number from 1");
  refused("gru_global.learning-rate=1e-4..1e-2", "--random");
  refused("gru_global.hidden-dim=0..1000", "a whole number from 1", { random: 1 });
  refused("gru_global.hidden-dim=8,0,16", "a whole number from 1", { random: 1, seed: 8 });
  refused("gru_global.learning-rate=0..1:log", "positive", { random: 3 });
  refused("gru_global.hidden-dim=16..8", "lower end", { random: 3 });
});
