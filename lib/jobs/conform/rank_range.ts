/**
 * Which ranks a label may have where an implementation was free to choose: scores that are sums in
 * another order, and equals at a cut of which only some are in.
 */

/** Equal scores differ by no more than this, relative to what they were summed from. */
export const TIED = 1e-12;

/** What a session or a rule adds to scores when it is in. */
export interface Votes {
  readonly items: Int32Array;
  /** [items] */
  readonly amounts: Float64Array;
}

/** Equals at a cut: any `room` of the members may be in. */
export interface Choice {
  readonly room: number;
  readonly members: readonly Votes[];
}

/** Ranks from `low` to `high`, both possible as far as each other item alone can say. */
export interface RankRange {
  readonly low: number;
  readonly high: number;
}

/** The range of ranks of `label`: `sure` are the scores without what is to be chosen. */
export function rankRange(
  sure: Float64Array,
  label: number,
  choices: readonly Choice[] = [],
): RankRange {
  const gains = choices.map((choice) => gainsOver(choice, label));
  const voted = new Uint8Array(sure.length);
  for (const { amountsOf } of gains) for (const item of amountsOf.keys()) voted[item] = 1;
  /** The lead of an item without votes beyond its own score's. */
  const unvoted = gains.reduce((lead, gain) => plus(lead, gain.unvoted), NO_LEAD);
  const zero = sure[label] === 0 && voted[label] === 0;
  let low = 1;
  let high = 1;
  for (let item = 0; item < sure.length; item++) {
    if (item === label) continue;
    let { least, most, scale } = unvoted;
    if (voted[item] === 0) {
      if (zero && sure[item] === 0) { // two scores of nothing tie exactly: the lower id is first
        low += item < label ? 1 : 0;
        high += item < label ? 1 : 0;
        continue;
      }
      const lead = sure[item] - sure[label];
      least += lead;
      most += lead;
      scale += Math.max(Math.abs(sure[item]), Math.abs(sure[label]));
    } else ({ least, most, scale } = leadOf(item, label, sure, gains));
    if (least > TIED * scale) low++;
    if (most >= -TIED * scale) high++;
  }
  return { low, high };
}

/** A choice as seen from the label. */
interface Gains {
  readonly room: number;
  /** What each item gets of the members that vote for it: by member. */
  readonly amountsOf: ReadonlyMap<number, readonly (readonly [member: number, amount: number])[]>;
  /** [members] what each gives the label. */
  readonly labels: Float64Array;
  /** What an item without votes gains on the label. */
  readonly unvoted: Lead;
}

function gainsOver({ room, members }: Choice, label: number): Gains {
  const amountsOf = new Map<number, (readonly [number, number])[]>();
  const labels = new Float64Array(members.length);
  members.forEach(({ items, amounts }, member) => {
    items.forEach((item, i) => {
      if (item === label) labels[member] += amounts[i];
      const known = amountsOf.get(item);
      if (known === undefined) amountsOf.set(item, [[member, amounts[i]]]);
      else known.push([member, amounts[i]]);
    });
  });
  const sorted = labels.slice().sort();
  const least = -sum(sorted.subarray(sorted.length - room));
  const most = -sum(sorted.subarray(0, room));
  const scale = Math.max(Math.abs(least), Math.abs(most));
  return { room, amountsOf, labels, unvoted: { least, most, scale } };
}

/** How far an item may be ahead of the label, and what that is summed from. */
interface Lead {
  readonly least: number;
  readonly most: number;
  readonly scale: number;
}

function leadOf(
  item: number,
  label: number,
  sure: Float64Array,
  gains: readonly Gains[],
): Lead {
  const own: Lead = {
    least: sure[item] - sure[label],
    most: sure[item] - sure[label],
    scale: Math.max(Math.abs(sure[item]), Math.abs(sure[label])),
  };
  const roughly = gains.reduce((lead, gain) => plus(lead, roughGain(gain, item)), own);
  const settled = roughly.most < -TIED * roughly.scale || roughly.least > TIED * roughly.scale;
  return settled ? roughly : gains.reduce((lead, gain) => plus(lead, exactGain(gain, item)), own);
}

const NO_LEAD: Lead = { least: 0, most: 0, scale: 0 };
const plus = (a: Lead, b: Lead): Lead => ({
  least: a.least + b.least,
  most: a.most + b.most,
  scale: a.scale + b.scale,
});

/** Bounds as if an item's voters were chosen apart from the label's: cheap, and mostly enough. */
function roughGain({ amountsOf, unvoted }: Gains, item: number): Lead {
  let { least, most, scale } = unvoted;
  for (const [, amount] of amountsOf.get(item) ?? []) {
    if (amount > 0) most += amount;
    else least += amount;
    scale += Math.abs(amount);
  }
  return { least, most, scale };
}

function exactGain(gains: Gains, item: number): Lead {
  const { room, amountsOf, labels } = gains;
  const amounts = amountsOf.get(item);
  const { least, most, scale } = roughGain(gains, item);
  if (amounts === undefined) return { least, most, scale };
  const leads = labels.map((amount) => -amount);
  for (const [member, amount] of amounts) leads[member] += amount;
  leads.sort();
  return {
    least: sum(leads.subarray(0, room)),
    most: sum(leads.subarray(leads.length - room)),
    scale,
  };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
