/**
 * `deno task pack`: one archive that runs on a GPU server without a network: Deno, the bundled
 * programs, a small data set.
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
import { fromFileUrl } from "./compile/paths.ts";
import { ADDED } from "./compile/self_extracting.ts";
import { CONFIG, ENTRY, stageProgram } from "./compile/stage.ts";
import { tarOf } from "./compile/tar.ts";
import { taskOf } from "./compile/task.ts";
import { say } from "../lib/terminal/say.ts";
import { ORACLES } from "../tests/engine/reference.ts";

const FLAGS = { out: text("folder", "where the archive is written", "dist") };
const COMMAND: Command<typeof FLAGS> = {
  name: "pack",
  summary: "makes an archive for GPU servers without a network",
  flags: FLAGS,
};
const PROGRAMS = ["baselines", "gpu"] as const;
const CALLED = Object.fromEntries(PROGRAMS.map((name) => [name, `sh ${name}.sh`]));
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
`;

const root = fromFileUrl(new URL("..", import.meta.url)).replace(/\/$/, "");

Deno.exit(
  await runCommand(COMMAND, Deno.args, async ({ values: { out } }) => {
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
    say(`${file}  ${((await Deno.stat(file)).size / 1e6).toFixed(1)} MB`);
  }),
);

/** Puts everything that the archive holds into the folder `folder`, which is made. */
async function fill(folder: string): Promise<void> {
  for (const name of PROGRAMS) {
    const task = taskOf(name);
    await Deno.mkdir(`${folder}/programs/${name}`, { recursive: true });
    await stageProgram(task, root, `${folder}/programs/${name}`, CALLED);
    await Deno.writeTextFile(`${folder}/${name}.sh`, launcher(name, task.flags));
  }
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

/** Runs a program from the archive's own folder, with the permissions of its task. */
function launcher(name: string, flags: readonly string[]): string {
  const quoted = flags.map((flag) => `'${flag.replaceAll("'", `'\\''`)}'`).join(" ");
  return `#!/bin/sh
# runs ${name} with the Deno beside this script; needs no network
unset CDPATH # which would choose another folder
cd -- "$(dirname -- "$0")" || exit 1
[ -x ./deno ] || chmod 755 ./deno || exit 1
DENO_DIR=\${DENO_DIR:-$PWD/.deno} DENO_NO_UPDATE_CHECK=1
export DENO_DIR DENO_NO_UPDATE_CHECK
exec ./deno run --quiet --cached-only --no-remote --no-lock --config programs/${name}/${CONFIG} \\
  ${quoted} ${ADDED} programs/${name}/${ENTRY} "$@"
`;
}
