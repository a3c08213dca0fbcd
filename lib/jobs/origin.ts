/** Where the data behind a run come from, as everything that is made from it says. */
import type { ConfigDocument } from "../runs/run_documents.ts";

/** What a run's documents say of its data. */
export type Origin = ConfigDocument["data"];

/** The mark of synthetic data in words, as a sentence. */
export function syntheticMark({ preset, seed, process_version }: Partial<Origin>): string {
  return `SYNTHETIC DATA: preset ${preset}, seed ${seed}, process ${process_version}.`;
}

/** What must be said of a run whose data are synthetic, by whoever uses its models. */
export function originNotes(origin: Origin): string[] {
  if (!origin.synthetic) return [];
  return [`${syntheticMark(origin)} The models were fitted on learners who do not exist.`];
}

/** The origin as a part of an answer: nothing where the data are real. */
export function originField(origin: Origin): { readonly data?: Origin } {
  return origin.synthetic ? { data: origin } : {};
}
