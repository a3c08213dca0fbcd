/** The job `recommend`: sessions in, the next courses out, from a run's saved model. */
import { counted } from "../../errors/counted.ts";
import { InputError, show } from "../../errors/input_error.ts";
import type { Values } from "../../settings/settings.ts";
import { table } from "../../terminal/table.ts";
import type { Job } from "../job.ts";
import { defaultModel, type FittedModel, networksOf, openSavedModels } from "../models.ts";
import { type Origin, originField, originNotes } from "../origin.ts";
import { warnOfThreads } from "../threads.ts";
import {
  answerSessions,
  FALLBACK,
  noFallback,
  type OnUnknown,
  type SessionAnswer,
} from "./answers.ts";
import {
  type Catalogue,
  catalogueOf,
  type PlacedSession,
  placeSession,
  unknownCourse,
} from "./catalogue.ts";
import type { RECOMMEND_FLAGS } from "./config.ts";
import type { NamedSession } from "./named_sessions.ts";
import { readSessionsFile } from "./read_file.ts";
import { parseCourses } from "./read_sessions.ts";
import { type Histories, openHistories } from "./history.ts";
import { methodUsed, type PlacedHistory, placedHistory, withHistory } from "./placed_history.ts";
import { openRecommender, type Recommender } from "./recommender.ts";

/** What `recommend` is asked to do. */
export type RecommendConfig = Readonly<Values<typeof RECOMMEND_FLAGS>>;

/** What it answers, as `--json` prints it. */
export interface Answers {
  readonly run_tag: string;
  readonly model: string;
  /** The mark of synthetic data, where the run's are. */
  readonly data?: Origin;
  /** How the learner's history was used, if it was. */
  readonly method?: string;
  readonly sessions: readonly (NamedSession & SessionAnswer)[];
}

/** Recommends for the sessions asked. @throws InputError for whatever is unknown or damaged. */
export async function recommendSessions(job: Job<RecommendConfig>): Promise<Answers> {
  const { config, device, baselines, terminal } = job;
  warnOfThreads(terminal, config.threads, device);
  const sessions = await readSessions(config);
  const { run, names, read } = await openSavedModels(config.out, config.run, baselines);
  for (const note of originNotes(run.config.data)) terminal.warn(note);
  const catalogue = catalogueOf(run.courses);
  const model = await read(config.model ?? defaultModel(names, baselines));
  const history = await readHistory(config, catalogue);
  const placed = placeSessions(config, catalogue, sessions, names.includes(FALLBACK))
    .map((session) => history === undefined ? session : withHistory(session, history));
  const computing = { create: device.create, threads: config.threads || undefined };
  const opened: Recommender[] = [];
  const open = async (one: FittedModel, histories?: Histories) => {
    opened.push(await openRecommender(one, catalogue, computing, histories));
    return opened[opened.length - 1];
  };
  try {
    const networks = networksOf(names, baselines);
    const asked = { root: config.out, runTag: run.tag, method: config.method, networks };
    const histories = history && await openHistories(model, asked, computing);
    if (histories?.lacking !== undefined) throw new InputError(histories.lacking);
    const main = await open(model, histories);
    const isNeeded = names.includes(FALLBACK) && placed.some(({ ids }) => ids.length === 0);
    const fallback = isNeeded ? await open(await read(FALLBACK)) : undefined;
    const models = { main: main.recommend, fallback: fallback?.recommend };
    const answers = await answerSessions(placed, models, { ...config, history: history?.sessions });
    const { fallback: instead } = answers[0];
    const method = methodUsed({ history, method: main.historyMethods[0], fallback: instead });
    if (history !== undefined && method === undefined) {
      terminal.warn(`${config.history}: ${NOT_USED[instead === undefined ? "pair" : "session"]}`);
    }
    return {
      run_tag: run.tag,
      model: main.name,
      ...originField(run.config.data),
      ...(method !== undefined && { method }),
      sessions: sessions.map((session, i) => ({ ...session, ...answers[i] })),
    };
  } finally {
    for (const recommender of opened) recommender.dispose();
  }
}

/** Why a history was not used. */
const NOT_USED = {
  pair: "the history is not used: none of its sessions has two courses that the model knows",
  session: "the history is not used: it needs a course of the current session",
};

/**
 * The sessions' courses by id. @throws InputError naming the session and what is wrong with it, or
 * the first one where none can be answered.
 */
function placeSessions(
  config: RecommendConfig,
  catalogue: Catalogue,
  sessions: readonly NamedSession[],
  hasFallback: boolean,
): PlacedSession[] {
  const { input } = config;
  const where = ({ session }: NamedSession) =>
    input === undefined ? "reading --courses" : `reading session ${session} of ${input}`;
  const placed = sessions.map((session) => {
    const one = placeKnown(config, catalogue, session, where(session));
    if (policyOf(config) === "skip" || one.ids.length > 0 || hasFallback) return one;
    throw noFallback(where(session));
  });
  if (!hasFallback && placed.every(({ ids }) => ids.length === 0)) {
    throw noFallback(where(sessions[0]));
  }
  return placed;
}

/** What an unknown course does: one name of one session should not cost others their answers. */
function policyOf({ input, onUnknown }: RecommendConfig): OnUnknown {
  return onUnknown ?? (input === undefined ? "error" : "skip");
}

/** A session by id. @throws InputError for a name that is unknown and not skipped. */
function placeKnown(
  config: RecommendConfig,
  catalogue: Catalogue,
  { courses }: NamedSession,
  where: string,
): PlacedSession {
  const placed = placeSession(catalogue, courses);
  if (policyOf(config) === "skip" || placed.unknown.length === 0) return placed;
  throw unknownCourse(catalogue, placed.unknown[0], where);
}

/**
 * The learner's earlier sessions by id; none where none were given. @throws InputError for a name
 * that is unknown and not skipped.
 */
async function readHistory(
  config: RecommendConfig,
  catalogue: Catalogue,
): Promise<PlacedHistory | undefined> {
  const { history, input, method } = config;
  if (history !== undefined && input === undefined) {
    const sessions = await readSessionsFile(history);
    return placedHistory(
      sessions.map((session) =>
        placeKnown(config, catalogue, session, `reading session ${session.session} of ${history}`)
      ),
    );
  }
  if (history === undefined && method === undefined) return undefined;
  throw new InputError({
    doing: "reading the arguments of recommend",
    found: history === undefined ? "--method without --history" : "both --history and --input",
    wanted: "--history with --courses: the earlier sessions of the one learner who is asked",
  });
}

async function readSessions({ courses, input }: RecommendConfig): Promise<NamedSession[]> {
  if (courses !== undefined && input === undefined) {
    return [{ session: "1", courses: parseCourses(courses, "reading --courses") }];
  }
  if (courses === undefined && input !== undefined) {
    return await readSessionsFile(input);
  }
  throw new InputError({
    doing: "reading the arguments of recommend",
    found: courses === undefined ? "neither --courses nor --input" : "both --courses and --input",
    wanted: "one of them",
  });
}

/** The answers as a table; sessions are named where there may be several. */
export function answersTable({ sessions }: Answers, named: boolean): string {
  const withProbability = sessions.some(({ recommendations: [first] }) =>
    first?.probability !== undefined
  );
  const header = [
    ...named ? ["Session"] : [],
    "Course",
    "Rank",
    "Score",
    ...withProbability ? ["Probability"] : [],
  ];
  const rows = sessions.flatMap(({ session, recommendations }) =>
    recommendations.map(({ course, score, probability }, place) => [
      ...named ? [session] : [],
      course,
      String(place + 1),
      score.toFixed(4),
      ...probability === undefined ? [] : [probability.toFixed(4)],
    ])
  );
  return table(header, rows);
}

/** Notes on single sessions; beyond them only their number is told. */
const MOST_NOTES = 20;

/** What a reader should know: names that were left out, and who answered instead. */
export function answersNotes({ sessions }: Answers, named: boolean): string[] {
  const notes = sessions.flatMap((answer) => {
    const { session, fallback, recommendations, unknown = [], lines_without_course: lines } =
      answer;
    const which = named ? `session ${session}: ` : "";
    const names = unknown.map((name) => show(name)).join(", ");
    return [
      ...lines === undefined ? [] : [`${which}no course on line ${lines.join(", ")}: left out`],
      ...unknown.length === 0
        ? []
        : [`${which}left out, because the model does not know: ${names}`],
      ...fallback === undefined ? [] : [`${which}no known course: answered by ${fallback}`],
      ...fallback !== undefined || recommendations.length > 0
        ? []
        : [`${which}no known course, and the run has no ${FALLBACK}: not answered`],
    ];
  });
  const partly = sessions.filter(({ unknown = [] }) => unknown.length > 0);
  const count = partly.reduce((sum, { unknown = [] }) => sum + unknown.length, 0);
  const total = named && count > 0
    ? [
      `unknown courses left out: ${count}, of ${partly.length} of ${
        counted(sessions.length, "session")
      }`,
    ]
    : [];
  return [...notes.slice(0, MOST_NOTES), ...notes.length > MOST_NOTES ? ["…"] : [], ...total];
}
