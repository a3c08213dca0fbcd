/**
 * The format and the style of the kernels. AssemblyScript goes through prettier with the plugin
 * that knows its decorators (`deno fmt` deletes them); its syntax tree is held to the rules that
 * `scripts/lint/style.ts` holds for the rest of the code.
 */
import assemblyScript from "assemblyscript-prettier";
import { format } from "prettier/standalone";
import * as estree from "prettier/plugins/estree";
import { parsers } from "prettier/plugins/typescript";
import { COLUMNS, PARAMETERS } from "../lint/style.ts";

const OPTIONS = { parser: "typescript", printWidth: COLUMNS, plugins: [estree, assemblyScript] };

/** The text of a kernel as it should be written. @throws Error for what is no AssemblyScript. */
export function formatKernel(text: string): Promise<string> {
  return format(text, OPTIONS);
}

/** Part of a syntax tree: a type, and below it nodes, lists of nodes and other values. */
interface Node {
  readonly type: string;
  readonly loc: { readonly start: { readonly line: number } };
  readonly [name: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "loc" in value;
}

/** What is wrong with a node inside `parents`, if anything. */
function faultOf(node: Node, parents: readonly Node[]): string | undefined {
  const { type } = node;
  const inHead = parents.at(-1)?.type === "ForStatement";
  if (type === "VariableDeclaration" && (node.declarations as Node[]).length > 1 && !inHead) {
    return "several variables in one statement: one each";
  }
  if (type === "SequenceExpression" && !inHead) {
    return "a comma between expressions: one statement each";
  }
  if (type === "ConditionalExpression" && parents.some((parent) => parent.type === type)) {
    return "a conditional inside a conditional: a name for the inner one";
  }
  const isFunction = type === "FunctionDeclaration" || type === "FunctionExpression";
  if (isFunction && (node.params as Node[]).length > PARAMETERS) {
    const { length } = node.params as Node[];
    return `${length} parameters: at most ${PARAMETERS}, or a block of lib/kernels/wasm/fields.ts`;
  }
  return undefined;
}

function* faultsIn(node: Node, parents: readonly Node[]): Generator<string> {
  const fault = faultOf(node, parents);
  if (fault !== undefined) yield `line ${node.loc.start.line}: ${fault}`;
  const within = [...parents, node];
  for (const value of Object.values(node).flat()) {
    if (isNode(value)) yield* faultsIn(value, within);
  }
}

/** Faults of style in a kernel in AssemblyScript, each with its line. */
export async function styleFaults(text: string): Promise<string[]> {
  const parser = assemblyScript.parsers.typescript;
  const plain = await parser.preprocess(text, OPTIONS);
  return [...faultsIn(parsers.typescript.parse(plain, OPTIONS as never) as Node, [])];
}

const BARRIER = /^\s*(sync|storageBarrier|workgroupBarrier)\(\);/;

/** Faults of style in a kernel in WGSL, each with its line. */
export function wgslFaults(text: string): string[] {
  const lines = text.split("\n");
  const faults = lines.flatMap((line, i) => {
    const isExplained = line.includes("//") || lines[i - 1]?.trim().startsWith("//");
    const code = line.replace(/\/\/.*/, "").trimEnd();
    // the head of a loop has semicolons of its own
    const body = code.replace(/\bfor \(.*?\) \{/, "").replace(/; \}$/, "");
    return [
      ...line === line.trimEnd() ? [] : ["spaces at its end"],
      ...!/^ *\t/.test(line) && !/^( {2})* \S/.test(line) ? [] : ["odd indentation"],
      ...!/;.*\S/.test(body) ? [] : ["two statements: a line each"],
      ...BARRIER.test(line) && !isExplained ? ["a barrier without its reason in a comment"] : [],
    ].map((fault) => `line ${i + 1}: ${fault}`);
  });
  return [...longLines(text), ...faults];
}

/** Lines beyond the columns that every file of the project keeps to. */
export function longLines(text: string): string[] {
  return text.split("\n").flatMap((line, i) =>
    line.length > COLUMNS ? [`line ${i + 1}: ${line.length} columns, at most ${COLUMNS}`] : []
  );
}
