/** `deno task report` as its own process, with the leave that its task has. */

/** Runs it on a project folder. */
export async function report(
  root: string,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const permissions = [
    "--no-prompt",
    "--allow-read",
    "--allow-env",
    `--allow-write=${root}/reports`,
  ];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, "scripts/report.ts", "--out", root, ...args],
  }).output();
  return {
    code,
    stdout: new TextDecoder().decode(stdout),
    stderr: new TextDecoder().decode(stderr),
  };
}
