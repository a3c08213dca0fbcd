/** What `synthesize` is asked to do. */
import {
  CHANGEABLE,
  type Preset,
  PRESETS,
  SYNTHETIC_SEED,
} from "../../dataset/synthetic/presets.ts";
import type { Command } from "../../settings/command.ts";
import { choice, integer, type Settings, text } from "../../settings/settings.ts";
import { JSON_OUT } from "../settings.ts";

/** A size of the platform; 0 stands for the preset's. */
const size = (name: keyof typeof CHANGEABLE, what: string) =>
  integer(`${what}; 0 takes the preset's`, 0, 0, CHANGEABLE[name][1]);

const FLAGS = {
  preset: choice(
    Object.keys(PRESETS) as Preset[],
    "demo is small; xuetangx has the notebook's scale and marginals; habits tells few-shot " +
      "methods apart",
    "demo",
  ),
  out: text(
    "folder",
    "the data folder to write (default: data/synthetic/PRESET_K<K>_Q<Q>); replaced whole " +
      "when all is done",
  ),
  seed: integer("seed of every draw", SYNTHETIC_SEED, 0, 0xffffffff),
  k: integer("support pairs of an episode", 5, 1, 1000),
  q: integer("query pairs of an episode", 10, 1, 1000),
  users: size("users", "learners, some 4 KB of memory each"),
  courses: size("courses", "courses"),
  topics: size("topics", "topics, each with a syllabus of its courses"),
  terms: size("terms", "terms, each with some of the courses"),
  json: JSON_OUT,
  config: text("file", "a JSON file with the values of flags"),
} satisfies Settings;

/** The command. */
export const SYNTHESIZE_COMMAND: Command<typeof FLAGS> = {
  name: "synthesize",
  summary:
    "writes a synthetic data set: learners with terms and topics, pairs, splits and episodes",
  flags: FLAGS,
  examples: [
    "deno task synthesize --preset xuetangx",
    "deno task synthesize --preset xuetangx --users 357920 --out data/synthetic/ten_times",
    "deno task synthesize --courses 40 --users 2000 --seed 1 --out data/synthetic/small",
  ],
};
