/**
 * A few-shot method is a record, as a baseline is: what it is called, the grid of its knobs, and
 * how it answers. A method without training is two pure functions, `adapt` and `score`.
 */
import type { Scores } from "../metrics/rank.ts";
import type { Base, Said } from "./base.ts";
import type { TaskPair } from "../samplers/task_windows.ts";
import type { Support, Task, TaskQuery } from "./task.ts";
import { turnTaking } from "./turns.ts";

/** A cell of a method's grid: values of its knobs by name. */
export type Knobs = Readonly<Record<string, number | string>>;

/** One cell's scores of one task: [queries × nItems]. */
export type Visit = (cell: number, task: number, scores: Scores) => void;

/** A few-shot method. */
export interface Method {
  /** Its name in flags, files and tables. */
  readonly name: string;
  /** A line for people. */
  readonly title: string;
  /** The cells among which validation episodes choose, beside "no adaptation". */
  readonly grid: readonly Knobs[];
  /**
   * Answers the tasks with each of `cells`, every task from its own support alone, and shows the
   * scores to `visit`, each cell's tasks in order.
   */
  answer(tasks: readonly Task[], cells: readonly Knobs[], visit: Visit): Promise<void>;
}

/** A support pair and what the base model says of its prefix. */
export interface ReadPair extends TaskPair, Said {}

/** A support and what the base model says of it. */
export interface ReadSupport extends Support {
  readonly pairs: readonly ReadPair[];
}

/** A query and what the base model says of it. */
export interface ReadQuery extends TaskQuery, Said {}

/** A method without training. `A` is what it makes of a support. */
export interface UntrainedMethod<K extends Knobs, A> {
  readonly name: string;
  readonly title: string;
  readonly grid: readonly K[];
  /** The prefix that the base model is asked in place of the query's. */
  readonly prefix?: (support: Support, query: TaskQuery) => Int32Array;
  adapt(support: ReadSupport, knobs: K): A;
  /** [nItems] scores of one query. */
  score(adapted: A, query: ReadQuery): Scores;
}

/** An adapted model of one learner. */
export interface Adapted {
  /** [nItems] scores of one query. */
  score(query: TaskQuery): Promise<Scores>;
}

/** A method without training over a base model. */
export interface OpenMethod extends Method {
  /** The base model as one learner has it. */
  adapted(support: Support, knobs: Knobs): Promise<Adapted>;
}

/** Opens a method without training over a base model. */
export function openUntrained<K extends Knobs, A>(
  method: UntrainedMethod<K, A>,
  base: Base,
): OpenMethod {
  const { name, title, grid, prefix = (_, query) => query.prefix } = method;
  return {
    name,
    title,
    grid,
    async answer(tasks, cells, visit) {
      const turn = turnTaking();
      for (const [from, to] of portions(tasks, base.nItems)) {
        const part = tasks.slice(from, to);
        const ofPairs = part.flatMap(({ support }) => support.pairs.map((pair) => pair.prefix));
        const ofQueries = part.flatMap(({ support, queries }) =>
          queries.map((query) => prefix(support, query))
        );
        // at once: each question to an engine costs a server some of its time to answer
        const said = await base.ask([...ofPairs, ...ofQueries]);
        const saidOfPairs = said.slice(0, ofPairs.length).values();
        const saidOfQueries = said.slice(ofPairs.length).values();
        for (const [t, { support, queries }] of part.entries()) {
          const known = withSaid(support, saidOfPairs);
          const asked = queries.map((query) => ({ ...query, ...saidOfQueries.next().value! }));
          cells.forEach((cell, c) => {
            const adapted = method.adapt(known, cell as K);
            const scores = new Float64Array(asked.length * base.nItems);
            asked.forEach((query, q) => scores.set(method.score(adapted, query), q * base.nItems));
            visit(c, from + t, scores);
          });
          await turn();
        }
      }
    },
    async adapted(support, knobs) {
      const said = await base.ask(support.pairs.map((pair) => pair.prefix));
      const known = method.adapt(withSaid(support, said.values()), knobs as K);
      return {
        async score(query) {
          const [said] = await base.ask([prefix(support, query)]);
          return method.score(known, { ...query, ...said });
        },
      };
    },
  };
}

/** What the base model says of a support's pairs, taken in their order. */
function withSaid(support: Support, said: Iterator<Said>): ReadSupport {
  return { ...support, pairs: support.pairs.map((pair) => ({ ...pair, ...said.next().value! })) };
}

/** Values of the base model's answers in memory at once. */
const ANSWERS_AT_ONCE = 4_000_000;

/** Stretches [from, to) of tasks whose answers go into memory at once. */
export function portions(tasks: readonly Task[], nItems: number): [number, number][] {
  const found: [number, number][] = [];
  let values = Infinity;
  tasks.forEach(({ support, queries }, t) => {
    const own = (support.pairs.length + queries.length) * nItems;
    if (values + own > ANSWERS_AT_ONCE) {
      found.push([t, t]);
      values = 0;
    }
    values += own;
    found[found.length - 1][1] = t + 1;
  });
  return found;
}

/** (1 − λ)·chances + λ·shares. */
export function mixed(chances: Float64Array, shares: Float64Array, weight: number): Float64Array {
  return chances.map((chance, item) => (1 - weight) * chance + weight * shares[item]);
}

/** Every combination of the knobs' values. */
export function gridOf<K extends Knobs>(
  values: { readonly [N in keyof K]: readonly K[N][] },
): K[] {
  return Object.entries(values).reduce<Knobs[]>(
    (cells, [name, choices]) =>
      cells.flatMap((cell) =>
        (choices as readonly (number | string)[]).map((value) => ({ ...cell, [name]: value }))
      ),
    [{}],
  ) as K[];
}
