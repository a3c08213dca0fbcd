/** A run's own folder: reports/<notebook>/<YYYYMMDD_HHMMSS>/, made so that no two runs ever share one. */
import { InputError, messageOf } from "../errors/input_error.ts";

/** The notebook whose place in the project a run takes. */
export const NOTEBOOK = "06_base_model_selection_xuetangx";

/** Who a run is and where it writes. Paths are relative to the project's folder `root`. */
export interface RunIdentity {
  readonly runId: string;
  readonly runTag: string;
  /** Local time, ISO 8601 to seconds. */
  readonly createdAt: string;
  readonly root: string;
  /** The run's folder, relative to root. */
  readonly outDir: string;
}

/** Makes the folder of a new run. A second run in the same second gets the tag with `_2`, and so on. */
export async function createRunFolder(root: string, now = new Date()): Promise<RunIdentity> {
  const base = tagOf(now), parent = `reports/${NOTEBOOK}`;
  try {
    await Deno.mkdir(`${root}/${parent}`, { recursive: true });
    for (let n = 1;; n++) {
      const runTag = n === 1 ? base : `${base}_${n}`, outDir = `${parent}/${runTag}`;
      try {
        await Deno.mkdir(`${root}/${outDir}`); // not recursive: fails when another run has it
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) continue;
        throw error;
      }
      return { runId: crypto.randomUUID().replaceAll("-", ""), runTag, createdAt: isoLocal(now), root, outDir };
    }
  } catch (error) {
    throw new InputError({
      doing: `making the run's folder under ${root}/${parent}`,
      found: messageOf(error),
      wanted: "a folder that may be written",
      next: "choose another with --out",
    }, { cause: error });
  }
}

/** 20260130_075435, in local time. */
export function tagOf(time: Date): string {
  return isoLocal(time).replace(/[-:]/g, "").replace("T", "_");
}

/** 2026-01-30T07:54:35, in local time. */
export function isoLocal(time: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}T${two(time.getHours())}:${two(time.getMinutes())}:${
    two(time.getSeconds())
  }`;
}
