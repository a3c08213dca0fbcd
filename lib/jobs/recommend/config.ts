/** What `recommend` is asked to do: one table of flags. */
import { CONFIG_FILE, DEVICE, JSON_OUT, RUN_ROOT, threads } from "../settings.ts";
import type { Command } from "../../settings/command.ts";
import { choice, integer, text, toggle } from "../../settings/settings.ts";
import { ON_UNKNOWN } from "./answers.ts";
import { HISTORY_METHODS } from "./history.ts";

/** The flags of `recommend`. */
export const RECOMMEND_FLAGS = {
  run: text("tag", "the run whose models to use: its tag, or latest", "latest"),
  model: text("name", "one of the run's models (default: its first neural one, else its first)"),
  courses: {
    ...text(
      "A,B,…",
      'one session: its courses in order; a JSON list where names hold a comma; "" for none',
    ),
    parse: (value: string) => value,
  },
  input: text(
    "file",
    "many sessions: CSV with the columns session and course (a row a step), or courses (a " +
      "row a session); Parquet with such columns, or JSON with such fields",
  ),
  history: text(
    "file",
    "the learner's earlier sessions, the oldest first, in the forms of --input: the answer is " +
      "theirs, by a method of a few-shot run of the model",
  ),
  method: choice(
    HISTORY_METHODS,
    "how the history is used (default: the one that validation found best)",
  ),
  top: integer("courses to recommend", 10, 1, 1_000_000),
  excludeSeen: toggle("leave out the courses of the session"),
  onUnknown: choice(
    ON_UNKNOWN,
    "what a course does that the model does not know: it is an error, or it is left out; a " +
      "session of which nothing is left is answered by popularity, if the run has it (default: " +
      "error; with --input skip)",
  ),
  json: JSON_OUT,
  device: DEVICE,
  threads: threads(1),
  out: RUN_ROOT,
  config: CONFIG_FILE,
};

/** The command `recommend`. */
export const RECOMMEND_COMMAND: Command<typeof RECOMMEND_FLAGS> = {
  name: "recommend",
  summary: "recommends the next courses of a session from a run's saved model",
  flags: RECOMMEND_FLAGS,
  examples: [
    'recommend --courses "A,B,C" --top 5                      the newest run\'s GRU',
    'recommend --courses "C" --history ada.csv                a learner\'s earlier sessions',
    "recommend --model sessionknn --input sessions.csv --json  many sessions, for a program",
  ],
};
