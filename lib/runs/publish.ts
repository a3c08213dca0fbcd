/**
 * The places that always hold the newest run: runs that end at the same time take turns, so that
 * these never mix two of them.
 */
import { InputError, messageOf } from "../errors/input_error.ts";
import { sweepTemporaries } from "../files/atomic.ts";
import { within } from "../files/confine.ts";
import { lock } from "../files/lock.ts";

/** Where the models of the newest run lie, relative to the project's folder. */
export const PUBLISHED = "models/baselines";
/** A temporary file of this age has lost its writer: no write takes an hour. */
const STALE_MS = 3_600_000;

/** Runs `write` while no other run publishes in `root`. */
export async function publishing(root: string, write: () => Promise<void>): Promise<void> {
  const path = await within(root, `${PUBLISHED}/.lock`);
  try {
    await Deno.mkdir(`${root}/${PUBLISHED}`, { recursive: true });
  } catch (error) {
    throw new InputError({
      doing: `making ${root}/${PUBLISHED}`,
      found: messageOf(error),
      wanted: "a folder that may be written",
    }, {
      cause: error,
    });
  }
  const turn = await lock(path);
  try {
    await sweepTemporaries(`${root}/${PUBLISHED}`, STALE_MS);
    await write();
  } finally {
    turn.release();
  }
}
