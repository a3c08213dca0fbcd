import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { groupHelpOf, helpOf } from "../../lib/cli/help.ts";
import { MODEL_COMMAND } from "./model_command.ts";

Deno.test("the help of a command with groups: its own flags, a line a group", () => {
  assertEquals(
    helpOf({
      ...MODEL_COMMAND,
      flags: { epochs: MODEL_COMMAND.flags.epochs, models: MODEL_COMMAND.flags.models },
    }),
    `\
train: trains models

Usage: train [flags]

Flags:
  --epochs <n>    epochs of every model (default: 10)
  --models <a,b>  models (default: one)
  -h, --help      show this help; --completion <shell>: a script for bash, zsh or fish
  -V, --version   show the version; --quiet: no progress, no remarks

Flags in groups, such as --gru_global.embedding-dim (train --help gru_global lists a group's):
  gru_global  GRU over all sessions (4 flags)
  sasrec      SASRec (3 flags)

Examples:
  train --models one   a single model
`,
  );
});

Deno.test("headings stand before the flags that they are for", () => {
  const { epochs, models } = MODEL_COMMAND.flags;
  const headings = { epochs: "Training", models: "What" };
  assertStringIncludes(
    helpOf({ ...MODEL_COMMAND, flags: { epochs, models }, headings }),
    `
Usage: train [flags]

Training
  --epochs <n>    epochs of every model (default: 10)
What
  --models <a,b>  models (default: one)
  -h, --help      show this help; --completion <shell>: a script for bash, zsh or fish
`,
  );
});

Deno.test("the help of a group: its flags with their bounds, and its defaults as JSON", () => {
  assertEquals(
    groupHelpOf(MODEL_COMMAND, "sasrec"),
    `\
train --help sasrec: SASRec

Flags:
  --sasrec.hidden-dim <n>  size of the hidden state (1 to 4096; default: 64)
  --sasrec.num-heads <n>   heads of attention (1 to 64; default: 2)
  --sasrec.epochs <n>      epochs (1 to 1000; default: as --epochs)

The defaults as a --config file: {"sasrec":{"hiddenDim":64,"numHeads":2}}
`,
  );
  assertStringIncludes(groupHelpOf(MODEL_COMMAND, "popularity"), "no flags of its own");
});

Deno.test("a group whose every flag is long has a line for each, and one for what it means", () => {
  const settings = { epochs: MODEL_COMMAND.flags.epochs };
  const group = "a_model_with_a_name_of_more_than_forty_letters";
  assertStringIncludes(
    groupHelpOf({ ...MODEL_COMMAND, groups: { [group]: { title: "long", settings } } }, group),
    `
Flags:
  --${group}.epochs <n>
            epochs of every model (1 to 1000; default: 10)
`,
  );
});

Deno.test("help stays within 100 columns, no word lost", () => {
  const words = Array.from({ length: 60 }, (_, i) => `word${i}`).join(" ");
  const { epochs } = MODEL_COMMAND.flags;
  const help = helpOf({
    ...MODEL_COMMAND,
    flags: {
      epochs: { ...epochs, description: words },
      aFlagWithARatherLongNameOfItsOwn: { ...epochs, description: words },
    },
  });
  for (const line of help.split("\n")) assert(line.length <= 100, line);
  const unwrapped = help.replace(/\n +/g, " ");
  assertEquals(unwrapped.split(words).length, 3);
});
