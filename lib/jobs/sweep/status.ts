/** How far a sweep is, as its folder says. */
import { resumeLine } from "./again.ts";
import { type Standing, standingOf } from "./claims.ts";
import { table } from "../../terminal/table.ts";
import { readFailures } from "./choose.ts";
import { damageOf, mendOf } from "./damage.ts";
import type { Planned } from "./plan.ts";
import { hasEnded, outcomesOf, titleOf, unitsOf } from "./units.ts";

/**
 * How a piece stands. `dead`: its process ended, or shows no sign of life. `damaged`: it was done,
 * and its result is gone or cannot be read.
 */
export type State = "done" | "working" | "dead" | "failed" | "damaged" | "waiting";

/** One piece. */
export interface PieceStatus {
  readonly name: string;
  readonly title: string;
  readonly state: State;
  /** The machine that works on it. */
  readonly host?: string;
  /** Why it failed, or what is damaged and how it is mended. */
  readonly reason?: string;
}

/** How every piece of the sweep stands, seen from the machine `host`. */
export async function statusOf({ home, sweep }: Planned, host: string): Promise<PieceStatus[]> {
  const outcomes = await outcomesOf(home);
  const failures = await readFailures(home);
  const damages = await damageOf({ home, sweep });
  const pieces: PieceStatus[] = [];
  for (const unit of unitsOf(sweep)) {
    const { name } = unit;
    const piece = { name, title: titleOf(unit) };
    const failure = failures.get(name);
    const damage = damages.find((one) => one.unit.name === name);
    if (failure !== undefined) pieces.push({ ...piece, state: "failed", reason: failure.reason });
    else if (damage !== undefined) {
      const reason = `${damage.reason}; ${mendOf(damage, { home, sweep })}`;
      pieces.push({ ...piece, state: "damaged", reason });
    } else if (hasEnded(outcomes, unit)) pieces.push({ ...piece, state: "done" });
    else {pieces.push({
        ...piece,
        ...stateOf(await standingOf(`${home.folder}/claims/${name}`, host)),
      });}
  }
  return pieces;
}

function stateOf(standing: Standing): Pick<PieceStatus, "state" | "host"> {
  if (standing.state === "alive") return { state: "working", host: standing.host };
  return { state: standing.state === "dead" ? "dead" : "waiting" };
}

/** What is said of it: counts, and every piece that is at work, dead, failed or damaged. */
export function statusText({ home, sweep }: Planned, pieces: readonly PieceStatus[]): string {
  const states: readonly State[] = ["done", "working", "waiting", "dead", "failed", "damaged"];
  const count = (kind: string, state: State) =>
    `${pieces.filter((piece) => piece.state === state && piece.title.startsWith(kind)).length}`;
  const rows = ["trial", "run"].map((kind) => [
    `${kind}s`,
    ...states.map((state) => count(kind, state)),
  ]);
  const told = pieces.filter(({ state }) => !["done", "waiting"].includes(state));
  const lines = told.map(({ state, title, host, reason }) =>
    `${state}: ${title}${host === undefined ? "" : `, on ${host}`}${reason ? `: ${reason}` : ""}`
  );
  const dead = pieces.some(({ state }) => state === "dead");
  return [
    `Sweep ${sweep.tag}: ${home.folder}`,
    "",
    table(["", ...states], rows),
    ...lines.length > 0 ? ["", ...lines] : [],
    ...dead ? ["", `What is dead or waits is done by: ${resumeLine(home)}`] : [],
  ].join("\n");
}
