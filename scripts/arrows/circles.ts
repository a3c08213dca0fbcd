/** Circles of imports. */
import { type Graph, roomOf } from "./graph.ts";

/** Every circle of imports once, by a shortest way around it from its first file. */
export function circles(graph: Graph): string[] {
  const faults: string[] = [];
  const told = new Set<string>();
  for (const path of [...graph.keys()].filter((path) => roomOf(path) !== undefined).sort()) {
    if (told.has(path)) continue;
    const way = wayBack(graph, path);
    if (way === undefined) continue;
    for (const stop of way) told.add(stop);
    faults.push(`${[...way, path].join(" imports ")}: files may not import each other in a circle`);
  }
  return faults;
}

/** The files of a shortest circle through `path`, which is the first; none where there is none. */
function wayBack(graph: Graph, path: string): string[] | undefined {
  const from = new Map<string, string>();
  const queue = [path];
  for (const at of queue) {
    for (const { target } of graph.get(at) ?? []) {
      if (target === path) return wayTo(from, path, at);
      if (from.has(target) || !graph.has(target)) continue;
      from.set(target, at);
      queue.push(target);
    }
  }
  return undefined;
}

/** The files from `start` to `end`, by the importer of each. */
function wayTo(importer: ReadonlyMap<string, string>, start: string, end: string): string[] {
  const way = [end];
  while (way[0] !== start) way.unshift(importer.get(way[0])!);
  return way;
}
