/** Completion scripts, read by the shells that are here and asked as a Tab asks them. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { completionOf, fileCompletionOf } from "../../lib/cli/completion/completion.ts";
import type { Shell } from "../../lib/cli/completion/places.ts";
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
    data: list("folder,…", "data", []),
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

/**
 * Asks what a shell offers for each of some lines that end where Tab is pressed, of words parted by
 * spaces: `$1` is the script, and what `$2` says comes before it is read.
 */
const ASK = {
  bash: `eval "$2"; source "$1"; shift 2
     for line; do
       echo "== $line"
       IFS=' ' read -ra COMP_WORDS <<< "$line"; [[ $line == *' ' ]] && COMP_WORDS+=('')
       COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMPREPLY=()
       _coldstart "$COMP_WORDS" "\${COMP_WORDS[COMP_CWORD]}"; printf '%s\\n' "\${COMPREPLY[@]}"
     done`,
  fish: `eval $argv[2]; source $argv[1]
     for line in $argv[3..]; echo "== $line"; complete -C $line; end`,
};

async function isThere(shell: Shell): Promise<boolean> {
  const { success } = await new Deno.Command("sh", { args: ["-c", `command -v ${shell}`] })
    .output();
  if (!success) complain(`!! no ${shell}: its completion is not tried`);
  return success;
}

const PROGRAMS = [BASELINES, TOY, ZOO] as Command<Settings>[];
const SCRIPTS = {
  tasks: (shell: Shell) => PROGRAMS.map((one) => completionOf(one, shell)).join(""),
  file: (shell: Shell) =>
    fileCompletionOf(PROGRAMS, shell, shell === "bash" ? "it's-mine" : "my tool"),
};

/** A folder with the script of the programs, and a file to be completed. */
async function scriptFor(shell: Shell, of: keyof typeof SCRIPTS = "tasks"): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/script`, SCRIPTS[of](shell));
  await Deno.writeTextFile(`${folder}/logs.csv`, "");
  return folder;
}

/** What the shell offers for each line, in order, where it has read the script. */
async function offered(
  shell: "bash" | "fish",
  lines: readonly string[],
  { of = "tasks", before = "" }: { of?: keyof typeof SCRIPTS; before?: string } = {},
): Promise<Record<string, string[]>> {
  const cwd = await scriptFor(shell, of);
  const asked = [`${cwd}/script`, before, ...lines];
  const args = shell === "bash" ? ["-c", ASK.bash, "bash", ...asked] : ["-Nc", ASK.fish, ...asked];
  const { stdout, stderr } = await new Deno.Command(shell, { args, cwd }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  await Deno.remove(cwd, { recursive: true });
  const answers = new TextDecoder().decode(stdout).split("== ").slice(1).map((answer) => {
    const [line, ...words] = answer.split("\n");
    return [line, words.filter((word) => word !== "").map((word) => word.split("\t")[0]).sort()];
  });
  return Object.fromEntries(answers);
}

/** What is offered for what is typed behind the name of a program of each kind. */
const TOY_OFFERS = {
  "--ep": ["--epochs"],
  "--epochs 3 --ep": ["--epochs"],
  "--batching ": ["pairs", "sessions"],
  "--models gru": ["gru_global", "gru_tied"],
  "--models gru_global,": ["gru_global,gru_tied", "gru_global,markov"],
  "--models markov,gru_tied,m": [], // no item twice
  "--data a,lo": ["a,logs.csv"],
  "--gru_global.h": ["--gru_global.hidden-dim"],
  "--out lo": ["logs.csv"],
  "--no": ["--no-header"],
  "--completion f": ["fish"],
};
const ZOO_OFFERS = {
  "s": ["show"],
  "--j": ["--json"],
  "--runs lo": ["logs.csv"],
  "list --j": [],
  "list --r": ["--runs"],
  "show --f": ["--format"],
  "show --format l": ["latex"],
  "show 2026 --runs a --fo": ["--format"],
  "show --runs lo": [],
};

/** Lines behind each of some starts, and what is offered for each. */
function behind(starts: readonly string[], offers: Readonly<Record<string, readonly string[]>>) {
  return Object.fromEntries(
    starts.flatMap((start) => Object.entries(offers).map(([end, words]) => [start + end, words])),
  );
}

for (const shell of ["bash", "fish"] as const) {
  Deno.test({
    name: `${shell} completes commands, flags and values, as a task and in the one file`,
    ignore: !await isThere(shell),
    async fn() {
      const wanted = {
        ...behind(["deno task toy ", "coldstart toy ", "deno task -c a toy "], TOY_OFFERS),
        ...behind(["deno task zoo ", "deno task --quiet zoo ", "coldstart zoo "], ZOO_OFFERS),
        ...behind(["deno run ", "deno task other ", "deno "], { "toy --ep": [] }),
      };
      assertEquals(await offered(shell, Object.keys(wanted)), wanted);
      const all = await offered(shell, ["deno task zoo list ", "deno task baselines --ch"]);
      assert(!all["deno task zoo list "].includes("show"), "a second command");
      assert(all["deno task baselines --ch"].includes("--checkpoint-every"));
    },
  });

  Deno.test({
    name: `${shell} completes a single file's programs, whatever its name`,
    ignore: !await isThere(shell),
    async fn() {
      const wanted = {
        ...behind(shell === "bash" ? ["/bin/it's-mine "] : ["/bin/my\\ tool "], {
          "b": ["baselines"],
          "--c": ["--completion"],
          "--completion z": ["zsh"],
          "toy --models gru_global,m": ["gru_global,markov"],
          "zoo show --f": ["--format"],
        }),
      };
      assertEquals(await offered(shell, Object.keys(wanted), { of: "file" }), wanted);
    },
  });
}

/** What a shell knows of Deno before ours is read: its own completion, cut to one command. */
const DENO_OWN: Record<"bash" | "fish", string> = {
  bash: `_deno() { [ "$COMP_CWORD" != 1 ] || COMPREPLY=($(compgen -W "run task" -- "$2")); }
    complete -o nosort -F _deno deno`,
  fish: "complete -c deno -n 'test (count (commandline -opc)) = 1' -xa 'run task'",
};

for (const shell of ["bash", "fish"] as const) {
  Deno.test({
    name: `${shell} goes on with what completed deno before`,
    ignore: !await isThere(shell),
    async fn() {
      const wanted = {
        ...{ "deno ru": ["run"], "deno ": ["run", "task"] },
        ...{ "deno task toy --ep": ["--epochs"], "deno run toy --ep": [] },
      };
      const before = DENO_OWN[shell];
      assertEquals(await offered(shell, Object.keys(wanted), { before }), wanted);
    },
  });
}

/**
 * A terminal of zsh in which a script is read, lines are typed, and Tab and then a key that prints
 * the line are pressed. Before it, zsh knows of Deno from `$2`, a folder of completions.
 */
const ZSH = `
zmodload zsh/zpty
zpty z zsh -fi
zpty -w z "fpath=($2 \\$fpath); autoload -Uz compinit; compinit -u -d $2/dump; source $1"
zpty -w z "show() { print -r -- '<'\\$BUFFER'>'; BUFFER= }"
zpty -w z "zle -N show; bindkey '^T' show"
shift 2
for line in "$@"; do
  zpty -w -n z "$line"$'\\t\\024'
  zpty -r -m z out "*<[a-z]*>*"
  print -r -- $out
done
`;

const ZSH_LINES = {
  tasks: {
    "deno task toy --ep": "deno task toy --epochs ",
    "coldstart toy --epochs 3 --batching s": "coldstart toy --epochs 3 --batching sessions ",
    "coldstart toy --models markov,gru_g": "coldstart toy --models markov,gru_global,",
    "coldstart toy --models=gru_t": "coldstart toy --models=gru_tied,",
    "coldstart baselines --checkpoint-e": "coldstart baselines --checkpoint-every ",
    "deno task zoo sh": "deno task zoo show ",
    "deno task zoo show --fo": "deno task zoo show --format ",
    "coldstart zoo show --format la": "coldstart zoo show --format latex ",
    "deno unin": "deno uninstall ",
    "deno task oth": "deno task other ",
  },
  file: {
    "my\\ tool base": "my\\ tool baselines ",
    "bin/my\\ tool toy --ep": "bin/my\\ tool toy --epochs ",
    "my\\ tool --completion fi": "my\\ tool --completion fish ",
  },
};

for (const part of ["tasks", "file"] as const) {
  Deno.test({
    name: `zsh completes ${part}, and goes on with what completed deno before, in a terminal`,
    ignore: !await isThere("zsh"),
    async fn() {
      const folder = await scriptFor("zsh", part);
      await Deno.mkdir(`${folder}/known`);
      const own = "#compdef deno\ncompadd -- uninstall task other\n";
      await Deno.writeTextFile(`${folder}/known/_deno`, own);
      const args = ["-fc", ZSH, "zsh", `${folder}/script`, `${folder}/known`];
      const { stdout } = await new Deno.Command("zsh", {
        args: [...args, ...Object.keys(ZSH_LINES[part])],
        cwd: folder,
        signal: AbortSignal.timeout(120_000), // one that waits for what never comes
      }).output();
      const shown = new TextDecoder().decode(stdout).matchAll(/<([\w./]+[^>$]*)>/g);
      assertEquals([...shown].map(([, line]) => line), Object.values(ZSH_LINES[part]));
    },
  });
}

Deno.test("--completion takes a shell and asks for nothing else", () => {
  assertThrows(() => parseFlags(TOY, ["--completion", "dash"]), InputError, "bash, zsh, fish");
});
