/** Python for the tests of trackers: `PYTHON` names one that has their packages. */

/** The program. */
export const PYTHON = Deno.env.get("PYTHON") ?? "python3";

/** Runs Python code; what it prints, or what it says on stderr when it fails. */
export async function python(code: string, ...args: string[]) {
  const nothing = new Uint8Array();
  const { success, stdout, stderr } = await new Deno.Command(PYTHON, {
    args: ["-c", code, ...args],
  }).output().catch(() => ({ success: false, stdout: nothing, stderr: nothing }));
  return { success, text: new TextDecoder().decode(success ? stdout : stderr) };
}

/** Whether Python has the modules; where it has not, that is said once. */
export async function hasModules(modules: string): Promise<boolean> {
  const has = (await python(`import ${modules}`)).success;
  if (!has) console.warn(`!! ${PYTHON} has no ${modules} (PYTHON names another): skipped`);
  return has;
}
