/** The job `recommend`: sessions in, the next courses out, from a run's saved model. */
import { InputError } from "../../errors/input_error.ts";
import { readInput } from "../../files/input_file.ts";
import type { Values } from "../../settings/settings.ts";
import { table } from "../../terminal/table.ts";
import type { Job } from "../job.ts";
import { defaultModel, openSavedModels } from "../models.ts";
import { catalogueOf, idsOf } from "./catalogue.ts";
import type { RECOMMEND_FLAGS } from "./config.ts";
import { type NamedSession, parseCourses, parseSessions } from "./read_sessions.ts";
import type { Recommendation } from "./recommend.ts";
import { openRecommender } from "./recommender.ts";

/** What `recommend` is asked to do. */
export type RecommendConfig = Readonly<Values<typeof RECOMMEND_FLAGS>>;

/** What it answers, as `--json` prints it. */
export interface Answers {
  readonly run_tag: string;
  readonly model: string;
  readonly sessions: readonly (NamedSession & {
    readonly recommendations: readonly Recommendation[];
  })[];
}

/** Recommends for the sessions asked. @throws InputError for whatever is unknown or damaged. */
export async function recommendSessions(job: Job<RecommendConfig>): Promise<Answers> {
  const { config, device, baselines } = job;
  const sessions = await readSessions(config);
  const { run, names, read } = await openSavedModels(config.out, config.run, baselines);
  const catalogue = catalogueOf(run.courses);
  const model = await read(config.model ?? defaultModel(names, baselines));
  const asks = sessions.map(({ session, courses }) => {
    const where = config.input === undefined
      ? "reading --courses"
      : `reading session ${session} of ${config.input}`;
    const { top, excludeSeen } = config;
    return { session: idsOf(catalogue, courses, where), top, excludeSeen };
  });
  const computing = { create: device.create, threads: config.threads || undefined };
  const recommender = await openRecommender(model, catalogue, computing);
  try {
    const answers = await recommender.recommend(asks);
    return {
      run_tag: run.tag,
      model: recommender.name,
      sessions: sessions.map((session, i) => ({ ...session, recommendations: answers[i] })),
    };
  } finally {
    recommender.dispose();
  }
}

async function readSessions({ courses, input }: RecommendConfig): Promise<NamedSession[]> {
  if (courses !== undefined && input === undefined) {
    return [{ session: "1", courses: parseCourses(courses, "reading --courses") }];
  }
  if (courses === undefined && input !== undefined) {
    return parseSessions((await readInput(input)).bytes, input);
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
