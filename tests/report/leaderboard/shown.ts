/** Invented evidence of several seeds and data sets, for tests. */
import type { DataSet, Evidence } from "../../../lib/report/leaderboard/evidence.ts";
import { streamKey, uniform } from "../../../lib/random/threefry.ts";

/** A data set's name, users, and what its models are good for. */
export interface Invented {
  readonly name: string;
  readonly fingerprint?: string;
  readonly users?: number;
  readonly k?: number;
}

/** How well the invented models rank: the lower, the better. */
export const SPREAD: Readonly<Record<string, number>> = {
  gru_global: 4,
  sasrec_last_item: 4.4,
  vsknn: 5,
  markov: 9,
  popularity: 30,
  random: 120,
};

/** Ranks of every model with every seed on a data set of 10 queries a user. */
export function evidenceOf(
  { name, fingerprint = `hash of ${name}`, users = 40, k = 5 }: Invented,
  seeds: readonly number[] = [1, 2, 3],
  spreads: Readonly<Record<string, number>> = SPREAD,
): Evidence[] {
  const ofQueries = Array.from({ length: 10 * users }, (_, query) => Math.floor(query / 10));
  const data: DataSet = {
    name,
    fingerprint,
    k,
    q: 10,
    courses: 400,
    episodes: users,
    synthetic: false,
    users: ofQueries,
    labels: ofQueries.map((_, query) => query % 400),
  };
  const words = new Uint32Array(2);
  return seeds.flatMap((seed) =>
    Object.entries(spreads).map(([model, spread], place): Evidence => {
      const stream = streamKey(`${name} ${model}`);
      const luck = (query: number) => uniform(seed, stream, query, words);
      return {
        data,
        model,
        family: place < 2 ? "neural" : "rules",
        settings: place < 2 ? { epochs: 10, hiddenDim: 64 } : {},
        seed: `${seed}`,
        run: `2026013${seed}_075435`,
        createdAt: `2026-01-3${seed}T07:54:35Z`,
        ranks: ofQueries.map((user, query) =>
          1 + Math.floor(spread * luck(query) ** 2 * (1 + user % 3) * (1 + 0.02 * seed))
        ),
        fitSeconds: 3 + seed,
        querySeconds: 0.001,
        ...place < 2 && { epochs: 10 },
      };
    })
  );
}
