/** The further commands of a sweep that was planned: work, status, gather. */
import { integer, text, toggle } from "../../settings/settings.ts";
import { JSON_OUT, JSON_RESULTS } from "../settings.ts";

const SWEEP = { ...text("tag", "the sweep: its tag, or latest", "latest"), takesWords: true };
const OUT = text("folder", "project folder in which the sweep's reports/ lies", ".");

/** `sweep work`: what Slurm, GNU parallel or a pod starts. */
export const WORK_COMMAND = {
  name: "sweep work",
  summary:
    "does a share of a sweep's trials and runs; several may work at a time, on any machines " +
    "that see its folder",
  flags: {
    sweep: SWEEP,
    part: integer("which share this process does, from 0", 0, 0),
    parts: integer("shares in all; 1: this process does everything that nobody else does", 1, 1),
    tied: toggle("ends when its input does"),
    out: OUT,
  },
};

/** `sweep status`. */
export const STATUS_COMMAND = {
  name: "sweep status",
  summary: "how far a sweep is: what is done, at work, dead, failed or waits",
  flags: { sweep: SWEEP, json: JSON_OUT, out: OUT },
};

/** `sweep gather`. */
export const GATHER_COMMAND = {
  name: "sweep gather",
  summary: "writes the results of a sweep whose runs have come to an end, and shows them",
  flags: { sweep: SWEEP, json: JSON_RESULTS, out: OUT },
};
