/** What went wrong, for the person at the page. */
import { InputError, messageOf } from "../errors/input_error.ts";

/** How browsers say that there is no more memory. */
const NO_MEMORY = new RegExp(
  "out of memory|allocation (failed|size)|(cannot|could not) allocate|" +
    "invalid (typed )?array length",
  "i",
);

/** An error's message: what to do where the person can do something, else that it is a defect. */
export function faultOf(error: unknown): string {
  if (error instanceof InputError) return error.message;
  const found = messageOf(error);
  if (!NO_MEMORY.test(found)) return `${found}: a defect of this program`;
  return new InputError({
    doing: "computing in this tab",
    found: `there is no more memory (${found})`,
    wanted: "data and models that fit into the memory of a tab",
    next: "close other tabs, choose fewer models or a smaller batch size, or use the command line",
  }).message;
}
