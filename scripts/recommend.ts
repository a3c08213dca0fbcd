/** `deno task recommend`: a session in, the next courses out, from a run's saved model. */
import { BASELINES } from "../lib/baselines/registry.ts";
import { runCommand } from "../lib/cli/command.ts";
import { table } from "../lib/terminal/table.ts";
import { readInput } from "../lib/files/input_file.ts";
import { chooseEngine } from "../lib/engine/device.ts";
import { InputError } from "../lib/errors/input_error.ts";
import { catalogueOf, idsOf } from "../lib/jobs/recommend/catalogue.ts";
import { RECOMMEND_COMMAND } from "../lib/jobs/recommend/config.ts";
import { parseCourses, parseSessions } from "../lib/jobs/recommend/read_sessions.ts";
import type { Recommendation } from "../lib/jobs/recommend/recommend.ts";
import { openRecommender } from "../lib/jobs/recommend/recommender.ts";
import { defaultModel, openSavedModels } from "../lib/jobs/models.ts";

Deno.exit(
  await runCommand(RECOMMEND_COMMAND, Deno.args, async ({ values }) => {
    const { courses, input, top, excludeSeen } = values;
    if ((courses === undefined) === (input === undefined)) {
      const found = courses === undefined
        ? "neither --courses nor --input"
        : "both --courses and --input";
      throw new InputError({
        doing: "reading the arguments of recommend",
        found,
        wanted: "one of them",
      });
    }
    const { run, names, read } = await openSavedModels(values.out, values.run, BASELINES);
    const catalogue = catalogueOf(run.courses);
    const name = values.model ?? defaultModel(names, BASELINES);
    const model = await read(name);
    const sessions = input === undefined
      ? [{ session: "1", courses: parseCourses(courses!, "reading --courses") }]
      : parseSessions((await readInput(input)).bytes, input);
    const asks = sessions.map(({ session, courses }) => {
      const where = input === undefined
        ? "reading --courses"
        : `reading session ${session} of ${input}`;
      return { session: idsOf(catalogue, courses, where), top, excludeSeen };
    });
    const recommender = await openRecommender(
      model,
      catalogue,
      async () => (await chooseEngine(values.device)).create,
      values.threads || undefined,
    );
    try {
      const answers = await recommender.recommend(asks);
      if (values.json) {
        const results = sessions.map((session, i) => ({ ...session, recommendations: answers[i] }));
        console.log(
          JSON.stringify({ run_tag: run.tag, model: name, sessions: results }, null, 2),
        );
      } else if (input === undefined) {
        console.log(`${name} of run ${run.tag}\n\n${tableOf(answers)}`);
      } else console.log(tableOf(answers, sessions.map(({ session }) => session)));
    } finally {
      recommender.dispose();
    }
  }),
);

function tableOf(
  answers: readonly (readonly Recommendation[])[],
  names?: readonly string[],
): string {
  const withProbability = answers.some((answer) => answer[0]?.probability !== undefined);
  const header = [
    ...names === undefined ? [] : ["Session"],
    "Course",
    "Rank",
    "Score",
    ...withProbability ? ["Probability"] : [],
  ];
  const rows = answers.flatMap((answer, i) =>
    answer.map(({ course, score, probability }, place) => [
      ...names === undefined ? [] : [names[i]],
      course,
      String(place + 1),
      score.toFixed(4),
      ...probability === undefined ? [] : [probability.toFixed(4)],
    ])
  );
  return table(header, rows);
}
