/** Counts in sentences. */

/** A count and its noun: "1 episode", "3,240 queries". */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString("en")} ${nounOf(n, one, many)}`;
}

/** The noun of a count that stands elsewhere: "episode" of 1, "episodes" of all others. */
export function nounOf(n: number, one: string, many = `${one}s`): string {
  return n === 1 ? one : many;
}
