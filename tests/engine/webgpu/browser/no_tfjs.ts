/** In place of tfjs's engine: what needs it runs beside Deno only. */

/** @throws Error always. */
export function createTfjsEngine(): never {
  throw new Error("tfjs is not part of this bundle");
}
