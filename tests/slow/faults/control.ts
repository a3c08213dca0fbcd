/** The shared memory of shim.c, as a file of three integers. */

/** What happens to the call whose turn it is. */
export const HOW = { count: 0, kill: 1, fail: 2, short: 3 } as const;
/** One of them. */
export type How = keyof typeof HOW;

/** Tells processes that have loaded the shim what to do from now on; they count from one again. */
export async function tell(control: string, how: How, at = 0): Promise<void> {
  // the same file: it is mapped
  const file = await Deno.open(control, { write: true, create: true });
  await file.write(new Uint8Array(Int32Array.of(HOW[how], at, 0).buffer));
  file.close();
}

/** The environment of a process that loads the shim and counts calls below `root`. */
export function faultEnvironment(
  shim: string,
  control: string,
  root: string,
): Record<string, string> {
  return { LD_PRELOAD: shim, FAULT_CONTROL: control, FAULT_ROOT: root };
}
