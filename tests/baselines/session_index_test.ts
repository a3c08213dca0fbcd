import { assert, assertEquals } from "@std/assert";
import { currentSession, openSearch, readSession } from "../../lib/baselines/neighbour_search.ts";
import {
  indexFault,
  indexSessions,
  inverseFrequency,
  postingsOf,
  type SessionIndex,
} from "../../lib/baselines/session_index.ts";
import { sessionsOf } from "../../lib/dataset/sessions.ts";
import { pairRows, pairsOf } from "../dataset/tiny.ts";
import { choices } from "../fuzz/random.ts";
import { madeUpLog } from "./made_up_log.ts";

Deno.test("sessions by recency, then the earlier; courses once, by their last place", () => {
  const sessions = sessionsOf(pairsOf(pairRows([
    { items: [0, 1, 0, 2], times: [1, 2, 3, 50] },
    { items: [2, 0], times: [1, 90] },
    { items: [1, 2], times: [1, 50] },
  ])));
  const index = indexSessions(sessions, 4);
  assertEquals([...index.times], [90, 50, 50]);
  assertEquals([...index.offsets], [0, 2, 5, 7]);
  assertEquals([...index.items], [0, 2, 2, 0, 1, 2, 1]);
  assertEquals([...index.places], [2, 1, 4, 3, 2, 2, 1]);
  assertEquals([...index.events], [3, 2, 3, 0]);
  assertEquals([...inverseFrequency(index)], [Math.log(1), Math.log(3 / 2), Math.log(1), 0]);
  const postings = postingsOf(index);
  assertEquals([...postings.offsets], [0, 2, 4, 7, 7]);
  assertEquals([...postings.sessions], [0, 1, 1, 2, 0, 1, 2]);
  assertEquals([...postingsOf(index, 1).sessions], [0, 1, 0]);
  assertEquals(indexFault(index), undefined);
  assertEquals(indexSessions(sessions, 4, 1).times.length, 2, "the last one is nobody's newest");
});

/** What a search over an index finds: session ends with what they share. */
function found(index: SessionIndex, reach: number, size: number, prefix: Int32Array) {
  const sampling = { size, by: "recent", seed: 0 } as const;
  const search = openSearch(index, postingsOf(index, reach), sampling);
  const current = currentSession(index.nItems);
  readSession(current, prefix, 0);
  current.weight.fill(1);
  const count = search.gather(current);
  return Array.from({ length: count }, (_, slot) => {
    const session = search.session[slot];
    const items = [...index.items.subarray(index.offsets[session], index.offsets[session + 1])];
    return `${index.times[session]} ${items} ${search.shared[slot]} ${search.match[slot]}`;
  }).sort();
}

Deno.test("no session is missed that only the short index lacks", () => {
  for (let seed = 0; seed < 12; seed++) {
    const { nItems, sessions, pairs, queries } = madeUpLog(seed, 90);
    const all = indexSessions(sessionsOf(pairs), nItems);
    for (const size of [1, 3, 10, 40]) {
      const short = indexSessions(sessionsOf(pairs), nItems, size);
      assert(size === 40 || short.times.length < sessions.length, "some were left out");
      for (const { prefix } of queries) {
        const wanted = found(all, 0, 0, prefix);
        const sampled = found(all, 0, size, prefix);
        assertEquals(found(short, size, size, prefix), sampled);
        assertEquals(sampled.length, Math.min(size, wanted.length));
        const byTime = (line: string) => Number(line.split(" ")[0]);
        const oldest = Math.min(...sampled.map(byTime));
        const left = wanted.filter((line) => !sampled.includes(line));
        assert(left.every((line) => byTime(line) <= oldest), "a more recent one was left out");
      }
    }
  }
});

Deno.test("an index that another could not have written is named", () => {
  const { nItems, pairs } = madeUpLog(1, 30);
  const sound = indexSessions(sessionsOf(pairs), nItems);
  const { int } = choices(9);
  const change = (name: "offsets" | "items" | "places" | "events", at: number, to: number) => {
    const column = sound[name].slice();
    column[at] = to;
    return indexFault({ ...sound, [name]: column });
  };
  const times = sound.times.slice();
  times[3] = NaN;
  const faults = [
    change("offsets", 0, 1),
    change("offsets", 4, -1),
    change("offsets", 4, sound.items.length + 1),
    change("items", int(sound.items.length), nItems),
    change("items", int(sound.items.length), -1),
    change("items", 1, sound.items[0]),
    change("places", sound.offsets[1] - 1, 0),
    change("places", 1, sound.places[0] + 1),
    change("events", sound.items[0], 0),
    indexFault({ ...sound, times }),
    indexFault({ ...sound, times: sound.times.toReversed() }),
    indexFault({ ...sound, times: sound.times.slice(1) }),
    indexFault({ ...sound, sessions: 3 }),
    indexFault({ ...sound, nItems: 3 }),
    indexFault({ ...sound, offsets: new Int32Array(0), times: new Float64Array(0) }),
  ];
  assertEquals(faults.filter((fault) => fault === undefined), []);
});
