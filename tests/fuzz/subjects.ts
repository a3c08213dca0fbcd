/** Every reader of files that come from outside. A new format is one more row of its kind. */
import { dataSubjects } from "./data_subjects.ts";
import { logSubjects } from "./log_subjects.ts";
import { modelSubjects } from "./model_subjects.ts";
import { finishedRunSubject, runSubjects } from "./run_subjects.ts";
import type { Subject } from "./subject.ts";

/** All subjects; `folder` is an empty folder for those that read from disk. */
export async function subjects(folder: string): Promise<Subject[]> {
  return [
    ...dataSubjects(),
    ...await runSubjects(folder),
    ...await modelSubjects(folder),
    await finishedRunSubject(`${folder}/finished`),
    ...await logSubjects(`${folder}/logs`),
  ];
}
