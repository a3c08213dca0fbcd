import { assertEquals } from "@std/assert";
import {
  probability,
  scale,
  sentenceList,
  signed,
  size,
  time,
  timeUnit,
} from "../../lib/report/numbers.ts";

Deno.test("times, sizes and differences as a reader wants them", () => {
  assertEquals([73e-6, 0.0043, 0.052, 0.21239, 0.9999, 4.321, 31.26, 59.97, 125, 4320].map(time), [
    "73 µs",
    "4.3 ms",
    "52 ms",
    "212 ms",
    "1.00 s",
    "4.32 s",
    "31.3 s",
    "1 min 0 s",
    "2 min 5 s",
    "1 h 12 min",
  ]);
  assertEquals([56, 21_793, 999_949, 999_950].map(size), [
    "56 bytes",
    "21.8 kB",
    "999.9 kB",
    "1.0 MB",
  ]);
  assertEquals([0.0123, -0.0123, -0.00001, 0].map((x) => signed(x)), [
    "+0.0123",
    "−0.0123",
    "0.0000",
    "0.0000",
  ]);
  assertEquals([0.001, 0.0005, 0.021].map(probability), ["0.001", "< 0.001", "0.021"]);
  assertEquals([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(sentenceList), [
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
  assertEquals([1e-5, 0.02, 75, 600, 9000].map((seconds) => timeUnit(seconds).unit), [
    "µs",
    "ms",
    "s",
    "min",
    "h",
  ]);
});

Deno.test("an axis holds its largest value in round steps and stays within its limit", () => {
  for (const top of [1e-6, 0.0032, 0.047, 0.3, 0.5, 0.61, 0.99, 1]) {
    for (const steps of [1, 3, 5]) {
      const { max, interval } = scale(top, steps, 1);
      const times = max / interval;
      assertEquals(
        [max >= top * (1 - 1e-9), max <= 1, times < 2 * steps + 2],
        [true, true, true],
        `${top} ${steps}: ${max} by ${interval}`,
      );
      assertEquals(
        [1, 2, 2.5, 5].includes(
          Number((interval / 10 ** Math.floor(Math.log10(interval) + 1e-9)).toPrecision(6)),
        ),
        true,
        `${interval}`,
      );
    }
  }
  assertEquals(scale(0, 5, 1), { max: 1, interval: 1 });
  assertEquals(scale(48, 5), { max: 50, interval: 10 });
});
