/** Whose queries a run asked. */
import type { QueriesDocument } from "../runs/run_documents.ts";

/**
 * [queries] each query's user, as a number, from the first of the documents that knows them. Runs
 * before users were kept had test episodes of one user each.
 */
export function usersOf(documents: readonly QueriesDocument[]): number[] {
  const { episode_offsets: offsets, episode_ids: episodes } = documents[0];
  const known = documents.find(({ episode_users }) => episode_users !== undefined)?.episode_users;
  return episodes.flatMap((_, episode) =>
    new Array<number>(offsets[episode + 1] - offsets[episode]).fill(known?.[episode] ?? episode)
  );
}
