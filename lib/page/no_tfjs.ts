/** In place of tfjs's engine in a page, which has `webgpu` and `wasm`. */
import { InputError } from "../errors/input_error.ts";
import type { CreateEngine } from "../engine/engine.ts";
import type { MeasureMemory } from "../engine/memory_use.ts";

function refuse(): never {
  throw new InputError({
    doing: "choosing the engine",
    found: "tfjs",
    wanted: "auto, webgpu or wasm: the page carries no other",
  });
}

/** @throws InputError always. */
export const createTfjsEngine: CreateEngine = refuse;
/** @throws InputError always. */
export const measureTfjs: MeasureMemory = refuse;
