/** POST /recommend: sessions of names in, the next courses out. */
import { counted } from "../errors/counted.ts";
import { type Fault, InputError, show } from "../errors/input_error.ts";
import {
  type Answering,
  answerSessions,
  FALLBACK,
  noFallback,
  type SessionAnswer,
} from "../jobs/recommend/answers.ts";
import {
  type Catalogue,
  type PlacedSession,
  placeSession,
  unknownCourse,
} from "../jobs/recommend/catalogue.ts";
import {
  methodUsed,
  type PlacedHistory,
  placedHistory,
  withHistory,
} from "../jobs/recommend/placed_history.ts";
import type { Recommender } from "../jobs/recommend/recommender.ts";
import { HttpError, jsonResponse } from "./http_error.ts";
import type { ServeMetrics } from "./metrics.ts";
import { parseQuestion, type Question } from "./question.ts";
import { readJson } from "./read_body.ts";
import { type Handler, markOf, type Route, type Service } from "./served.ts";
import type { Turns } from "./turns.ts";

/** What may be done about a course that is unknown. */
const WAYS_OUT = 'GET /courses lists every course; "on_unknown": "skip" leaves others out';

/** What the route answers with. */
interface Recommending {
  readonly service: Service;
  readonly queues: Handler["queues"];
  /** Takes a search for near names in its turn. */
  readonly search: Turns;
  readonly metrics: ServeMetrics;
  /** Aborted when the server stops. */
  readonly stopped: AbortSignal;
}

/** Makes the route. */
export function recommendRoute(
  { service, queues, search, metrics, stopped }: Recommending,
): Route {
  const { recommenders, fallback, defaultModel, limits, runTag } = service;
  const mark = markOf(service);
  const byName = new Map(recommenders.map((recommender) => [recommender.name, recommender]));

  function asking(model: string): Answering {
    return (asks) => {
      const queue = queues.get(model)!;
      if (queue.pending() + asks.length <= limits.maxPending) return queue.ask(asks);
      throw new HttpError(
        503,
        `${
          counted(queue.pending(), "session is", "sessions are")
        } waiting for ${model}; try again later`,
        { "retry-after": "1" },
      );
    };
  }

  const byFallback = fallback === undefined ? undefined : asking(FALLBACK);
  return async (asked) => {
    const question = parseQuestion(await readJson(asked, limits, stopped), limits);
    const model = question.model ?? defaultModel;
    const recommender = byName.get(model);
    if (recommender === undefined) throw unknownModel(model, byName);
    checkMethod(question, recommender, recommenders);
    const placed = await place(question, recommender.catalogue, search);
    const history = await placeHistory(question, recommender.catalogue, search);
    const sessions = history === undefined
      ? placed
      : placed.map((session) => withHistory(session, history));
    const empty = sessions.findIndex(({ ids }) => ids.length === 0);
    if (empty >= 0 && byFallback === undefined) throw noFallback(whereOf(question, empty));
    const models = { main: asking(model), fallback: byFallback };
    const wanted = { ...question, history: history?.sessions };
    const answers = await answerSessions(sessions, models, wanted);
    note(asked.notes, model, answers.length);
    count(metrics, model, answers);
    const method = methodUsed({
      history,
      method: question.method ?? recommender.historyMethods[0],
      fallback: answers[0].fallback,
    });
    const header = { run_tag: runTag, model, ...mark, ...(method !== undefined && { method }) };
    return jsonResponse(
      question.single ? { ...header, ...answers[0] } : { ...header, sessions: answers },
    );
  };
}

/** The sessions' courses by id. @throws InputError for a name that is unknown and not skipped. */
async function place(
  question: Question,
  catalogue: Catalogue,
  search: Turns,
  named: (session: number) => string = (session) => whereOf(question, session),
): Promise<PlacedSession[]> {
  const placed: PlacedSession[] = [];
  for (const [i, session] of question.sessions.entries()) {
    const found = placeSession(catalogue, session);
    if (question.onUnknown === "error" && found.unknown.length > 0) {
      const [name] = found.unknown;
      const where = named(i);
      const unknown = await search(() => unknownCourse(catalogue, name, where, WAYS_OUT));
      throw unknown ?? tooManySearches(where);
    }
    placed.push(found);
  }
  return placed;
}

/** @throws HttpError where a history is asked of a model that has no method for it, or not that. */
function checkMethod(
  { history, method }: Question,
  { name, historyMethods, historyLacking }: Recommender,
  recommenders: readonly Recommender[],
): void {
  if (history === undefined) return;
  const doing = `using a learner's history with ${name}`;
  const refuse = (fault: Omit<Fault, "doing">) =>
    new HttpError(400, new InputError({ doing, ...fault }).message);
  if (historyLacking !== undefined) {
    const other = recommenders.find((one) => one.historyMethods.length > 0);
    const { found, wanted, next } = historyLacking;
    throw refuse({
      found,
      wanted,
      next: other === undefined
        ? `a question without "history", or whoever runs the server: ${next}`
        : `"model": "${other.name}", which uses a history by ${other.historyMethods.join(", ")}`,
    });
  }
  if (method === undefined || historyMethods.includes(method)) return;
  throw refuse({
    found: `the method ${show(method)}, which the model's few-shot run did not choose`,
    wanted: `"method" one of ${historyMethods.join(", ")}, or none for the first`,
  });
}

/** The history's courses by id, names that are unknown as those of the session. */
async function placeHistory(
  question: Question,
  catalogue: Catalogue,
  search: Turns,
): Promise<PlacedHistory | undefined> {
  if (question.history === undefined) return undefined;
  const asked = { ...question, sessions: question.history };
  const placed = await place(asked, catalogue, search, (i) => `reading history[${i}]`);
  return placedHistory(placed);
}

function whereOf({ single }: Question, session: number): string {
  return single ? "reading courses" : `reading sessions[${session}]`;
}

/** An unknown course, while so many near names are looked for that this one's are not. */
function tooManySearches(where: string): InputError {
  return new InputError({
    doing: where,
    found: "a course is not among those that the model knows",
    wanted: "names of the run's vocabulary",
    next: WAYS_OUT,
  });
}

function unknownModel(model: string, models: ReadonlyMap<string, Recommender>): HttpError {
  const names = [...models.keys()].join(", ");
  return new HttpError(
    404,
    `there is no model ${JSON.stringify(model.slice(0, 80))}; expected: ${names}`,
  );
}

function note(notes: Parameters<Route>[0]["notes"], model: string, sessions: number): void {
  if (notes === undefined) return;
  notes.model = model;
  notes.sessions = sessions;
}

function count(metrics: ServeMetrics, model: string, answers: readonly SessionAnswer[]): void {
  const empty = answers.filter(({ fallback }) => fallback !== undefined).length;
  const unknown = answers.reduce((sum, answer) => sum + (answer.unknown?.length ?? 0), 0);
  metrics.answered(model, answers.length - empty, unknown);
  if (empty > 0) metrics.answered(FALLBACK, empty, 0);
}
