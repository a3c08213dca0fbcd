/** Whether a log that was prepared is enough to train on and to test with. */
import { counted } from "../errors/counted.ts";
import { InputError } from "../errors/input_error.ts";
import type { PrepareReport } from "../prepare/report.ts";

/** @throws InputError for a log without pairs to train on or without episodes to test with. */
export function checkUsable({ counts, splits: { train, test } }: PrepareReport): void {
  const episodes = Object.values(test.episodes).reduce((sum, count) => sum + count, 0);
  if (train.pairs > 0 && episodes > 0) return;
  throw new InputError({
    doing: "preparing the log",
    found:
      `${counted(counts.users, "learner")} with ${counted(counts.pairs, "pair")} of a prefix ` +
      `and a label: ${counted(train.pairs, "pair")} to train on, ` +
      `${counted(episodes, "episode")} to test with`,
    wanted: "at least one of each",
    next: "smaller k and q in the settings, where learners have few pairs; or a log of more " +
      "learners: eight of ten are for training, one for validation, one for the test",
  });
}
