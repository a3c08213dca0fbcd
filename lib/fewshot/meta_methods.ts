/** The meta-trained methods: what moves inside, and how the start learns. */
import type { Moves, OuterLoop } from "../engine/adaptation.ts";

/** A meta-trained method, without its start. */
export interface MetaMethod {
  readonly name: string;
  readonly title: string;
  readonly moves: Moves;
  readonly outer: Pick<OuterLoop, "method" | "learnsRates">;
}

/** All of them. `order` is that of `maml`; the others have their own. */
export function metaMethods(order: 1 | 2): readonly MetaMethod[] {
  return [
    {
      name: "maml",
      title: order === 1 ? "FOMAML" : "MAML, second order",
      moves: "all",
      outer: { method: order === 1 ? "first_order" : "second_order", learnsRates: false },
    },
    {
      name: "anil",
      title: "ANIL",
      moves: "head",
      outer: { method: "second_order", learnsRates: false },
    },
    {
      name: "reptile",
      title: "Reptile",
      moves: "all",
      outer: { method: "reptile", learnsRates: false },
    },
    {
      name: "meta_sgd",
      title: "Meta-SGD",
      moves: "all",
      outer: { method: "second_order", learnsRates: true },
    },
  ];
}

/** Where a meta-trained start begins: fresh weights, or the base model's. */
export const META_STARTS = ["random", "warm"] as const;
/** One of them. */
export type MetaStart = typeof META_STARTS[number];
