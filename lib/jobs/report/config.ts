/** What `report` is asked to do. */
import type { Command } from "../../settings/command.ts";
import { list, text } from "../../settings/settings.ts";
import { JSON_OUT } from "../settings.ts";

const FLAGS = {
  run: text(
    "tag",
    "run whose report.html is made again, a few-shot run too; latest is the newest finished one",
    "latest",
  ),
  compare: {
    ...list<string>(
      "A B …",
      "tags of runs to compare with the first of them; writes reports/compare_A_B.html",
      [],
    ),
    spreads: true,
  },
  json: JSON_OUT,
  out: text("folder", "project folder that holds reports/", "."),
};

/** The command. */
export const REPORT_COMMAND: Command<typeof FLAGS> = {
  name: "report",
  summary: "makes a run's page again from its JSON, or compares runs",
  flags: FLAGS,
  examples: [
    "report                                             the newest run's page",
    "report --run 20260130_075435                       another run's",
    "report --compare 20260130_075435 20260131_101500   two runs side by side, with paired " +
    "intervals",
  ],
};
