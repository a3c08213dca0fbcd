/** Generates the two sides of a call's block from `fields.ts`: who writes it and who reads it. */
import {
  type Block,
  BLOCKS,
  CALL_BYTES,
  type Field,
  fieldsOf,
  isBase,
  kernelOf,
} from "./fields.ts";

const WRITTEN = "Written from lib/kernels/wasm/fields.ts by `deno task build:wasm`.";

/** The text of assembly/blocks.ts, to be formatted. @throws RangeError for too large a block. */
export function generateAssemblyBlocks(): string {
  const classes = BLOCKS.map((block) => {
    if (4 * fieldsOf(block).length > CALL_BYTES) {
      throw new RangeError(`${block.name} takes more than ${CALL_BYTES} bytes`);
    }
    const lines = block.fields.map((field) => {
      const type = field[1] === "bool" ? "i32" : field[1];
      return `${comment(field)}  ${field[0]}: ${type};\n`;
    });
    return `/** ${block.about} */
// @ts-ignore: a decorator of AssemblyScript
@unmanaged
export class ${block.name}${baseOf(block)} {
${lines.join("")}}
`;
  });
  return `// ${WRITTEN}
// What the calls say, 32 bits a field. Addresses are in bytes, \`ld…\` in floats.

/** Bytes from a call to where its kernel may lay out a block of its own. */
export const CALL_BYTES: usize = ${CALL_BYTES};

${classes.join("\n")}`;
}

/** The text of calls.ts. */
export function generateCalls(): string {
  const kernels = BLOCKS.filter((block) => !isBase(block));
  return `// ${WRITTEN}
/** The CPU kernels that take a record, and how it is written where they read it. */
import { CALL_BYTES } from "./fields.ts";

${BLOCKS.map(interfaceOf).join("\n")}
/** The kernels. */
export interface RecordKernels {
${kernels.map(signatureOf).join("")}}

/** What WebAssembly exports for them: they take the address of the block. */
export type BlockKernels = Record<keyof RecordKernels, (block: number) => number>;

/** The kernels, whose calls are written to the \`CALL_BYTES\` bytes of the memory at \`block\`. */
export function recordKernels(
  kernels: BlockKernels,
  memory: WebAssembly.Memory,
  block: number,
): RecordKernels {
  const ints = new Int32Array(memory.buffer, block, CALL_BYTES / 4);
  const floats = new Float32Array(memory.buffer, block, CALL_BYTES / 4);
  return {
${kernels.map(methodOf).join("")}  };
}
`;
}

const baseOf = (block: Block) => block.extends === undefined ? "" : ` extends ${block.extends}`;

const comment = ([, , about]: Field) => about === "" ? "" : `  /** ${about} */\n`;

function interfaceOf(block: Block): string {
  const lines = block.fields.map((field) =>
    `${comment(field)}  readonly ${field[0]}: ${field[1] === "bool" ? "boolean" : "number"};\n`
  );
  return `/** ${block.about} */
export interface ${block.name}${baseOf(block)} {
${lines.join("")}}
`;
}

function signatureOf(block: Block): string {
  const call = `${kernelOf(block)}(call: ${block.name})`;
  if (block.returns === undefined) return `  /** ${block.about} */\n  ${call}: void;\n`;
  const about = `   * ${block.about}\n   * Returns ${block.returns}.`;
  return `  /**\n${about}\n   */\n  ${call}: number;\n`;
}

function methodOf(block: Block): string {
  const lines = fieldsOf(block).map(([name, type], i) => {
    const view = type === "f32" ? "floats" : "ints";
    const value = type === "bool" ? `call.${name} ? 1 : 0` : `call.${name}`;
    return `      ${view}[${i}] = ${value};\n`;
  });
  const kernel = kernelOf(block);
  return `    ${kernel}(call) {\n${lines.join("")}      return kernels.${kernel}(block);\n    },\n`;
}
