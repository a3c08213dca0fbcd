/** What a preparation came to, in lines. */
import { counted } from "../../errors/counted.ts";
import { LABEL_TIMES, SPLITS } from "../../dataset/dataset.ts";
import type { PrepareReport } from "../../prepare/report.ts";

/** Bad rows that are named; prepare.json lists more. */
const NAMED = 10;

/** The lines of the summary. */
export function prepareSummary(report: PrepareReport): string[] {
  return [
    ...linesOf(report),
    ...rowsOf(report),
    ...splitsOf(report),
    ...nothingToChooseBy(report),
    ...leaksOf(report),
    ...report.bad_rows_listed.slice(0, NAMED).map((bad) =>
      `  left out: ${bad.file}, ${bad.place}: ${bad.fault}`
    ),
  ];
}

function n(value: number): string {
  return value.toLocaleString("en");
}

/** A quantile between whole numbers, to two digits. */
function short(value: number | null): string {
  return String(+value!.toFixed(2));
}

function linesOf({ lines, inputs, counts }: PrepareReport): string[] {
  const { lines: all, header, blank, continued, rows } = lines;
  // of a text without blank lines and texts over several lines there is nothing to tell
  const told = all - header === rows ? [] : [
    `${counted(all, "line")} = ${counted(rows, "row")} + ${n(header)} of headers + ${
      n(blank)
    } blank + ` +
    `${n(continued)} inside quotes`,
  ];
  const isText = inputs.every(({ path, format }) =>
    format !== "parquet" && format !== "xuetangx" && !/\.(parquet|pq)$/i.test(path)
  );
  return isText && rows !== counts.rows
    ? [
      ...told,
      `${counted(rows, "row holds", "rows hold")} lists, which open into ${
        counted(counts.rows, "row")
      }`,
    ]
    : told;
}

function rowsOf({ counts, times }: PrepareReport): string[] {
  const filtered = [
    [counts.other_events, "of other types"],
    [counts.missing_events, "without user or item"],
    [counts.empty_lists, "of empty lists"],
    [counts.rare_item_events, "of rare items"],
    [counts.unknown_item_events, "of courses not in the vocabulary"],
    [counts.rare_user_events, "of rare users"],
  ] as const;
  const total = filtered.reduce((sum, [count]) => sum + count, 0);
  const parts = filtered.filter(([count]) => count > 0).map(([count, what]) =>
    `${n(count)} ${what}`
  );
  const repeats = counts.duplicate_events + counts.consecutive_repeats;
  const span = times.first === undefined ? "" : `, ${times.first} to ${times.last}`;
  return [
    `${counted(counts.rows, "row")} read = ${n(counts.visits)} kept + ${
      n(counts.bad_rows)
    } bad + ` +
    `${n(total)} filtered${parts.length === 0 ? "" : ` (${parts.join(", ")})`} + ` +
    `${counted(repeats, "repeat")} (${n(counts.duplicate_events)} exact, ${
      n(counts.consecutive_repeats)
    } in a row)`,
    `${counted(counts.events, "event")} of ${counted(counts.courses, "course")}${span}` +
    (times.kind === LABEL_TIMES.places ? `, ordered by ${times.order}, without times` : ""),
  ];
}

function splitsOf({ counts, splits, split_policy }: PrepareReport): string[] {
  const dropped = [
    [counts.skipped_same_time, "skipped by the strict-time rule"],
    [counts.dropped_rare_users, "of rare users"],
    [counts.dropped_after_cut, "after a time cut"],
  ].map(([count, what]) => `${n(count as number)} ${what}`);
  return [
    `${counted(counts.sessions, "session")} → ${counted(counts.pairs, "pair")} (${
      dropped.join(", ")
    }), split by ` +
    split_policy.by,
    ...SPLITS.map((split) => {
      const { users, pairs, episodes, prefix_len: p } = splits[split];
      const windows = Object.entries(episodes).map(([name, count]) =>
        `${counted(count, "episode")} ${name}`
      ).join(", ");
      const lengths = pairs === 0
        ? ""
        : `; prefix length p50 ${short(p.p50)}, p90 ${short(p.p90)}, max ${p.max}`;
      return `  ${split.padEnd(5)} ${counted(users, "user")}, ${
        counted(pairs, "pair")
      }, ${windows}${lengths}`;
    }),
  ];
}

function leaksOf({ leaks }: PrepareReport): string[] {
  const { users, sessions, sessions_listed, times } = leaks;
  const names = `${sessions_listed.slice(0, 3).join(", ")}${sessions > 3 ? ", …" : ""}`;
  const shared = [
    users === 0 ? "no user" : counted(users, "user"),
    sessions === 0 ? "no session" : `${counted(sessions, "session id")} (${names})`,
  ].join(" and ");
  if (times === undefined) return [`shared by splits: ${shared}`];
  const overlaps = times.map(({ between: [a, b], share }) =>
    `${(100 * share).toFixed(0)} % of ${a}'s pairs are later than the first of ${b}`
  );
  return [
    `shared by splits: ${shared}; ` +
    (overlaps.length === 0 ? "no stretch of time" : `times: ${overlaps.join(", ")}`),
  ];
}

/** Says where the validation split has no episodes: the test split's are told by `prepare`. */
function nothingToChooseBy({ splits }: PrepareReport): string[] {
  return Object.entries(splits.val.episodes).filter(([, count]) => count === 0).map(([name]) =>
    `no episode of val for ${
      name.replace(/^K(\d+)_Q(\d+)$/, "K=$1 and Q=$2")
    }: --validate, --patience and fewshot have nothing to choose by`
  );
}
