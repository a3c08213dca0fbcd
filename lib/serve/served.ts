/** What is served, and how it answers: the records that the server's parts share. */
import { type Origin, originField } from "../jobs/origin.ts";
import type { Ask, Recommendation } from "../jobs/recommend/recommend.ts";
import type { Recommender } from "../jobs/recommend/recommender.ts";
import type { Asked } from "./asked.ts";
import type { Batching } from "./batching.ts";
import type { Guard } from "./guard.ts";
import type { ServeMetrics } from "./metrics.ts";
import type { QuestionLimits } from "./question.ts";
import type { BodyLimits } from "./read_body.ts";

/** All limits of the server's answers. */
export interface Limits extends BodyLimits, QuestionLimits {
  /** Sessions that may wait for a model; more are turned away with 503. */
  readonly maxPending: number;
}

/** What a server's description tells of it. */
export interface Described {
  readonly runTag: string;
  /** What the run says of its data; without it they are real. */
  readonly origin?: Origin;
  readonly recommenders: readonly Recommender[];
  /** Popularity, which answers sessions that say nothing, where the run has it. */
  readonly fallback?: Recommender;
  /** The model that answers when a question names none. */
  readonly defaultModel: string;
  readonly limits: Limits;
  readonly version: string;
  /** Whether requests must carry a token. */
  readonly asksForToken?: boolean;
}

/** What every answer says of the data behind it: their mark where they are synthetic. */
export function markOf({ origin }: Described): { readonly data?: Origin } {
  return origin === undefined ? {} : originField(origin);
}

/** What is served. */
export interface Service extends Described {
  /** Hears of errors inside the server. */
  readonly report: (error: unknown) => void;
  /** Asked before anything is answered; default: everybody is. */
  readonly guard?: Guard;
  /** What counts; default: counters of the handler's own. */
  readonly metrics?: ServeMetrics;
}

/** Answers requests until told that the server is stopping; then every request is 503. */
export interface Handler {
  handle(asked: Asked): Promise<Response>;
  stopping(): void;
  /** The queue of each model, for inspection. */
  readonly queues: ReadonlyMap<string, Batching<Ask, readonly Recommendation[]>>;
}

/** Answers one route's requests. */
export type Route = (asked: Asked, url: URL) => Response | Promise<Response>;
