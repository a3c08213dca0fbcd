/** Completion scripts, read by the shells that are here and asked as a Tab asks them. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { completionOf, type Shell } from "../../lib/cli/completion.ts";
import { parseFlags } from "../../lib/cli/flags.ts";
import { InputError } from "../../lib/errors/input_error.ts";
import type { Command } from "../../lib/settings/command.ts";
import { choice, integer, list, type Settings, text, toggle } from "../../lib/settings/settings.ts";
import { complain } from "../../lib/terminal/say.ts";
import { COMMAND as BASELINES } from "../jobs/job.ts";

const TOY: Command<Settings> = {
  name: "toy",
  summary: "plays",
  flags: {
    batching: choice(["pairs", "sessions"], "it's a window; or a pass", "pairs"),
    models: list("a,b", "which", [], ["gru_global", "gru_tied", "markov"]),
    out: text("folder", "where"),
    epochs: integer("how many", 1, 1),
    json: toggle("as JSON"),
    header: toggle("has a header", true),
  },
  groups: { gru_global: { title: "GRU", settings: { hiddenDim: integer("units", 64, 1) } } },
};

/** A program of several commands, one of which has a flag of another's name and other values. */
const ZOO: Command<Settings> = {
  name: "zoo",
  summary: "keeps animals",
  flags: { runs: list<string>("folder …", "where", []), json: toggle("as JSON") },
  verbs: {
    list: {
      name: "zoo list",
      summary: "lists",
      flags: { runs: list<string>("folder …", "where", []) },
    },
    show: {
      name: "zoo show",
      summary: "shows",
      flags: {
        runs: list<string>("tag …", "which", []),
        format: choice(["csv", "latex"], "how", "csv"),
      },
    },
  },
};

/** What a shell offers for a line that ends where Tab is pressed; words are parted by spaces. */
const ASK: Record<"bash" | "fish", (line: string) => string[]> = {
  bash: (line) => [
    "-c",
    `source "$1"; IFS=' ' read -ra COMP_WORDS <<< "$2"; [[ $2 == *' ' ]] && COMP_WORDS+=('')
     COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _coldstart; printf '%s\\n' "\${COMPREPLY[@]}"`,
    "bash",
    "FILE",
    line,
  ],
  fish: (line) => ["--no-config", "-c", `source $argv[1]; complete -C $argv[2]`, "FILE", line],
};

async function isThere(shell: Shell): Promise<boolean> {
  const { success } = await new Deno.Command("sh", { args: ["-c", `command -v ${shell}`] })
    .output();
  if (!success) complain(`!! no ${shell}: its completion is not tried`);
  return success;
}

/** A file with the script of both programs, in a folder of its own. */
async function scriptFor(shell: Shell): Promise<string> {
  const folder = await Deno.makeTempDir();
  const script = [BASELINES, TOY, ZOO].map((one) => completionOf(one as Command<Settings>, shell))
    .join("");
  await Deno.writeTextFile(`${folder}/script`, script);
  await Deno.writeTextFile(`${folder}/logs.csv`, "");
  return folder;
}

for (const shell of ["bash", "fish"] as const) {
  Deno.test({
    name: `${shell} completes commands, flags and values, as a task and in the one file`,
    ignore: !await isThere(shell),
    async fn() {
      const folder = await scriptFor(shell);
      const asked = async (line: string) => {
        const args = ASK[shell](line).map((arg) => arg === "FILE" ? `${folder}/script` : arg);
        const { stdout, stderr } = await new Deno.Command(shell, { args, cwd: folder }).output();
        assertEquals(new TextDecoder().decode(stderr), "", line);
        return new TextDecoder().decode(stdout).split("\n").filter((word) => word !== "")
          .map((word) => word.split("\t")[0]).sort();
      };
      for (const start of ["deno task toy", "deno task toy --epochs 3", "coldstart toy"]) {
        assertEquals(await asked(`${start} --ep`), ["--epochs"], start);
        assertEquals(await asked(`${start} --batching `), ["pairs", "sessions"], start);
        assertEquals(await asked(`${start} --models gru`), ["gru_global", "gru_tied"]);
        assertEquals(await asked(`${start} --gru_global.h`), ["--gru_global.hidden-dim"]);
        assertEquals(await asked(`${start} --out lo`), ["logs.csv"]);
      }
      assertEquals(await asked("coldstart toy --no"), ["--no-header"]);
      for (const start of ["deno task zoo", "deno task --quiet zoo", "coldstart zoo"]) {
        assertEquals(await asked(`${start} s`), ["show"], start);
        assertEquals(await asked(`${start} --j`), ["--json"], start);
        assertEquals(await asked(`${start} --runs lo`), ["logs.csv"], start);
        assertEquals(await asked(`${start} list --j`), [], start);
        assertEquals(await asked(`${start} list --r`), ["--runs"], start);
        assertEquals(await asked(`${start} show --f`), ["--format"], start);
        assertEquals(await asked(`${start} show --format l`), ["latex"], start);
        assertEquals(await asked(`${start} show 2026 --runs a --fo`), ["--format"], start);
        assertEquals(await asked(`${start} show --runs lo`), [], start);
      }
      assert(!(await asked("deno task zoo list ")).includes("show"), "a second command");
      assert((await asked("deno task baselines --ch")).includes("--checkpoint-every"));
      assert(!(await asked("deno task other --ep")).includes("--epochs"));
    },
  });
}

/** A terminal of zsh in which Tab and then a key that prints the line are pressed. */
const ZSH = `
zmodload zsh/zpty
zpty z zsh -fi
zpty -w z "source $1; show() { print -r -- '<'\\$BUFFER'>'; BUFFER= }"
zpty -w z "zle -N show; bindkey '^T' show"
shift
for line in "$@"; do
  zpty -w -n z "$line"$'\\t\\024'
  zpty -r -m z out "*<[a-z]*>*"
  print -r -- $out
done
`;

Deno.test({
  name: "zsh completes commands, flags and their values, in a terminal",
  ignore: !await isThere("zsh"),
  async fn() {
    const folder = await scriptFor("zsh");
    const lines = {
      "deno task toy --ep": "deno task toy --epochs ",
      "coldstart toy --epochs 3 --batching s": "coldstart toy --epochs 3 --batching sessions ",
      "coldstart baselines --checkpoint-e": "coldstart baselines --checkpoint-every ",
      "deno task zoo sh": "deno task zoo show ",
      "deno task zoo show --fo": "deno task zoo show --format ",
      "coldstart zoo show --format la": "coldstart zoo show --format latex ",
    };
    const args = ["-fc", ZSH, "zsh", `${folder}/script`, ...Object.keys(lines)];
    const { stdout } = await new Deno.Command("zsh", { args, cwd: folder }).output();
    const shown = [...new TextDecoder().decode(stdout).matchAll(/<(\w+ [^>$]*)>/g)];
    assertEquals(shown.map(([, line]) => line), Object.values(lines));
  },
});

Deno.test("--completion takes a shell and asks for nothing else", () => {
  assertThrows(() => parseFlags(TOY, ["--completion", "dash"]), InputError, "bash, zsh, fish");
});
