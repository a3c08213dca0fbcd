/**
 * `deno task pack`: one archive that runs on a GPU server without a network: Deno, all programs, a
 * small data set.
 */
import { runCommand } from "../lib/cli/command.ts";
import type { Command } from "../lib/settings/command.ts";
import { text } from "../lib/settings/settings.ts";
import { VERSION } from "../lib/terminal/terminal.ts";
import { synthesize } from "../lib/dataset/synthetic/synthesize.ts";
import { encodeDataset } from "../lib/dataset/write_dataset.ts";
import { moveFile } from "../lib/files/atomic.ts";
import { inScratch } from "../lib/files/scratch.ts";
import { writeFiles } from "../lib/files/write_folder.ts";
import { calledBy, ENTRY_SCRIPT, NO_PROGRAM_FLAGS, PROGRAM_FLAGS } from "./programs.ts";
import { fromFileUrl } from "./compile/paths.ts";
import { ADDED, againText } from "./compile/self_extracting.ts";
import { SELF } from "./compile/started_from.ts";
import { CONFIG, ENTRY, stageProgram } from "./compile/stage.ts";
import { tarOf } from "./compile/tar.ts";
import { taskOf } from "./compile/task.ts";
import { JSON_OUT } from "../lib/jobs/settings.ts";
import { say, sayJson } from "../lib/terminal/say.ts";
import { ORACLES } from "../tests/engine/reference.ts";

const FLAGS = { out: text("folder", "where the archive is written", "dist"), json: JSON_OUT };
const COMMAND: Command<typeof FLAGS> = {
  name: "pack",
  summary: "makes an archive for GPU servers without a network",
  flags: FLAGS,
};
const NAME = `baselines-${VERSION}-${Deno.build.os}-${Deno.build.arch}`;

const STEPS = `On a server with a GPU and no network

1. The driver: nvidia-smi (NVIDIA) or vulkaninfo --summary must list the card. In a
   container the driver's Vulkan part must be there too:
   NVIDIA_DRIVER_CAPABILITIES=all, and a file like /usr/share/vulkan/icd.d/nvidia_icd.json.
2. The Vulkan loader: libvulkan.so.1 (Debian and Ubuntu: libvulkan1; Red Hat: vulkan-loader).
3. Which adapter is taken:     sh gpu.sh
   "software" behind its name means that the processor poses as a GPU: the driver was not found.
4. All about it, ten minutes:  sh gpu.sh --full
   what is missing of Vulkan, parity with PyTorch, training, kernels: reports/gpu/full.json
   (sh gpu.sh --bench: training and kernels alone)
   PYTHON=/path/to/python with torch adds PyTorch on the same card
5. The whole job:              sh baselines.sh --device webgpu
   on the synthetic data beside this file; your own: --data data/mine
6. Every other program:        sh coldstart.sh
   lists them: sh coldstart.sh prepare --help, and so on
`;

const root = fromFileUrl(new URL("..", import.meta.url)).replace(/\/$/, "");

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { out, json } }) => {
    const file = `${out}/${NAME}.tar.gz`;
    await inScratch(out, NAME, async ({ fresh }) => {
      const contents = `${fresh}/contents`;
      await fill(`${contents}/${NAME}`);
      const archive = new Blob([await tarOf(contents)]).stream().pipeThrough(
        new CompressionStream("gzip"),
      );
      await Deno.writeFile(`${fresh}/archive`, archive);
      await moveFile(`${fresh}/archive`, file);
    });
    const { size } = await Deno.stat(file);
    if (json) return sayJson({ file, bytes: size }, 2);
    say(`${file}  ${(size / 1e6).toFixed(1)} MB`);
  }),
);

/** Puts everything that the archive holds into the folder `folder`, which is made. */
async function fill(folder: string): Promise<void> {
  const place = `${folder}/programs`;
  await Deno.mkdir(`${place}/gpu`, { recursive: true });
  await stageProgram(ENTRY_SCRIPT, root, place, calledBy("sh coldstart.sh "));
  const gpu = taskOf("gpu");
  await stageProgram(gpu.script, root, `${place}/gpu`, { gpu: "sh gpu.sh" });
  const cases = Object.entries(PROGRAM_FLAGS).map(([name, flags]) =>
    `  ${name}) ${runText(flags, "programs", '"$@"')} ;;\n`
  );
  const help = runText(NO_PROGRAM_FLAGS, "programs", '"$@"');
  const choose = `case \${2-} in --completion*) ${help} ;; esac\ncase \${1-} in\n${
    cases.join("")
  }  *) ${help} ;;\nesac\n`;
  await Deno.writeTextFile(`${folder}/coldstart.sh`, launcher("any program", choose));
  await Deno.writeTextFile(
    `${folder}/gpu.sh`,
    launcher("gpu", `${runText(gpu.flags, "programs/gpu", '"$@"')}\n`),
  );
  const baselines = runText(PROGRAM_FLAGS.baselines, "programs", 'baselines "$@"');
  await Deno.writeTextFile(`${folder}/baselines.sh`, launcher("baselines", `${baselines}\n`));
  await Deno.mkdir(`${folder}/data/synthetic`, { recursive: true });
  await writeFiles(
    `${folder}/data/synthetic/demo_K5_Q10`,
    encodeDataset(synthesize("demo", 5, 10)),
  );
  await copyFixtures(`${folder}/programs/fixtures`);
  await Deno.writeTextFile(`${folder}/README.txt`, STEPS);
  await Deno.copyFile(Deno.execPath(), `${folder}/deno`);
}

/** PyTorch's numbers, which `gpu --full` compares with; its bundle finds them beside its folder. */
async function copyFixtures(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  for (const name of ORACLES) {
    await Deno.copyFile(`${root}/tests/fixtures/${name}`, `${folder}/${name}`);
  }
}

/** A script that starts Deno from the archive's own folder. */
function launcher(what: string, start: string): string {
  return `#!/bin/sh
# runs ${what} with the Deno beside this script; needs no network
unset CDPATH # which would choose another folder
cd -- "$(dirname -- "$0")" || exit 1
[ -x ./deno ] || chmod 755 ./deno || exit 1
DENO_DIR=\${DENO_DIR:-$PWD/.deno} DENO_NO_UPDATE_CHECK=1 ${SELF}=$PWD/coldstart.sh
export DENO_DIR DENO_NO_UPDATE_CHECK ${SELF}
run() {
  place=$1
  shift
  exec ./deno run --quiet --cached-only --no-remote --no-lock --config "$place/${CONFIG}" "$@"
}
${start}`;
}

/** The line that starts the program in `place` with the permissions of its task. */
function runText(flags: readonly string[], place: string, line: string): string {
  const quoted = flags.map((flag) => `'${flag.replaceAll("'", `'\\''`)}'`).join(" ");
  return `run ${place} ${quoted}${
    againText(flags, '"$COLDSTART_SELF"')
  } ${ADDED} ${place}/${ENTRY} ${line}`;
}
