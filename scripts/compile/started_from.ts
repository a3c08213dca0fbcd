/** The file of all programs that a program was started from, for one that starts others. */

/** The variable in which a self-extracting file and the archive's script name themselves. */
export const SELF = "COLDSTART_SELF";

/** The path of the file; none where the program runs from its sources. */
export function startedFrom(): string | undefined {
  if (Deno.build.standalone) return Deno.execPath();
  const { state } = Deno.permissions.querySync({ name: "env", variable: SELF });
  return state === "granted" ? Deno.env.get(SELF) : undefined;
}
