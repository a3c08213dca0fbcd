/**
 * Levels of a column, by its path through the schema: how deep a value is repeated and defined, so
 * that nulls and empty lists are told from values. Ours are flat columns and lists of one depth.
 */
import type { SchemaTree } from "hyparquet";

type SchemaPath = readonly SchemaTree[];

/** How many lists a value lies in. */
export function maxRepetition(path: SchemaPath): number {
  return path.filter(({ element }) => element.repetition_type === "REPEATED").length;
}

/** The definition level of a value that is there; below it something on its path is not. */
export function maxDefinition(path: SchemaPath): number {
  return path.slice(1).filter(({ element }) => element.repetition_type !== "REQUIRED").length;
}

/** The definition level of a list that is there and empty: the optional groups above the list. */
export function definitionOfEmptyList(path: SchemaPath): number {
  const list = path.findIndex(({ element }) => element.repetition_type === "REPEATED");
  return path.slice(1, list).filter(({ element }) => element.repetition_type === "OPTIONAL").length;
}
