/** What `conform` is asked to do. */
import type { Command } from "../../settings/command.ts";
import { text } from "../../settings/settings.ts";
import { JSON_OUT } from "../settings.ts";

const FLAGS = {
  data: text("folder", "the folder: train.tsv.gz, test.tsv.gz, expected/session_rec.json (needed)"),
  json: JSON_OUT,
};

/** The command. */
export const CONFORM_COMMAND: Command<typeof FLAGS> = {
  name: "conform",
  summary: "compares rules and neighbours, rank by rank, with session-rec's own classes; exits " +
    "with 1 where a model misses",
  flags: FLAGS,
  examples: [
    "conform my/folder    docs/conformance.md says what it holds and how session-rec makes it",
  ],
};
