/** A real Slurm of this machine for a test, where there is one to start. */

const SCRIPT = new URL("slurm.sh", import.meta.url).pathname;
const NEEDED = ["slurmctld", "slurmd", "sbatch", "munged", "runuser"];

/** Why there is no Slurm here; undefined where there is. */
export async function slurmIsMissing(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "Slurm needs Linux";
  if (Deno.uid() !== 0) return "Slurm's daemons need root";
  const check = `for name in ${NEEDED.join(" ")}; do command -v "$name" || echo "no $name"; done`;
  const path = `${Deno.env.get("PATH")}:/usr/sbin`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", check], env: { PATH: path } })
    .output();
  return /^no .*/m.exec(new TextDecoder().decode(stdout))?.[0];
}

/** Runs `use` with the variables of the environment by which the Slurm is found. */
export async function withSlurm(
  use: (env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "slurm_" });
  const env = { PATH: `${Deno.env.get("PATH")}:/usr/sbin`, SLURM_CONF: `${folder}/slurm.conf` };
  const run = async (...args: string[]) => {
    const command = new Deno.Command("sh", {
      args: [SCRIPT, ...args],
      env,
      stdout: "null",
      stderr: "inherit",
    });
    const { success } = await command.output();
    if (!success) throw new Error(`slurm.sh ${args[0]} failed`);
  };
  try {
    await run("start", folder, `${freePort()}`, `${freePort()}`);
    await use(env);
  } finally {
    await run("stop", folder);
    await Deno.remove(folder, { recursive: true }).catch(() => {});
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
