/** Counts in sentences: "1 row", "2 rows", "1,024 queries". */

/** A number and its noun; `many` where the plural is not the usual one. */
export function counted(count: number, one: string, many?: string): string {
  return `${count.toLocaleString("en")} ${noun(count, one, many)}`;
}

/** The noun, perhaps with its verb, of a number that stands elsewhere. */
export function noun(count: number, one: string, many = pluralOf(one)): string {
  return count === 1 ? one : many;
}

/** query → queries, batch → batches, epoch → epochs, row → rows. */
function pluralOf(one: string): string {
  if (/[^aeiou]y$/.test(one)) return `${one.slice(0, -1)}ies`;
  return /(s|x|tch|sh)$/.test(one) ? `${one}es` : `${one}s`;
}
