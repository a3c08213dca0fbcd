/**
 * WGSL with names for its sizes. A kernel's text is plain WGSL beside its record, apart from four
 * things that the language lacks and that decide speed or sharing: constants put in front, loops
 * unrolled as text (registers have no index), lines kept or dropped, and lines that several kernels
 * share inside a function (what sits in registers cannot be given to a function).
 *
 *     #for q < QUADS        the lines up to #end once for each q, with ${q} replaced
 *     #if SHARDED           the lines up to #else or #end when the constant is not 0
 *     #use products         the lines of the part of that name
 */

/** Sizes by name; each becomes `const NAME = 12u;`. */
export type Constants = Readonly<Record<string, number>>;

/** Shared lines by name. */
export type Parts = Readonly<Record<string, string>>;

/** The WGSL of a template under these constants. */
export function expand(template: string, constants: Constants, parts: Parts = {}): string {
  const lines = template.split("\n").flatMap((line, at) => used(line, at, parts));
  const declared = Object.entries(constants).map(([name, value]) => `const ${name} = ${value}u;`);
  const text = expanded({ lines, constants }, 0, lines.length, {});
  return `${declared.join("\n")}\n${text.join("\n")}`;
}

/** A line, or the part that it uses. */
function used(line: string, at: number, parts: Parts): string[] {
  const name = line.trim().match(/^#use (\w+)$/)?.[1];
  if (name === undefined) return [line];
  if (parts[name] === undefined) {
    throw new SyntaxError(`the part ${name} is not given, line ${at + 1}`);
  }
  return parts[name].trimEnd().split("\n");
}

/** What is being expanded. */
interface Template {
  readonly lines: readonly string[];
  readonly constants: Constants;
}

/** The text of lines from..to-1, with the loops' counters that they are in. */
function expanded(
  template: Template,
  from: number,
  to: number,
  counters: Readonly<Record<string, number>>,
): string[] {
  const { lines } = template;
  const text: string[] = [];
  for (let at = from; at < to; at++) {
    const line = lines[at].trim();
    const [, counter, bound] = line.match(/^#for (\w+) < (\w+)$/) ?? [];
    const [, condition] = line.match(/^#if (\w+)$/) ?? [];
    if (counter !== undefined) {
      const { end } = branches(lines, at);
      const count = Number(bound) >= 0 ? Number(bound) : constantAt(template, bound, at);
      for (let i = 0; i < count; i++) {
        text.push(...expanded(template, at + 1, end, { ...counters, [counter]: i }));
      }
      at = end;
    } else if (condition !== undefined) {
      const { otherwise, end } = branches(lines, at);
      const holds = constantAt(template, condition, at) !== 0;
      const begin = holds ? at + 1 : Math.min(otherwise + 1, end);
      text.push(...expanded(template, begin, holds ? otherwise : end, counters));
      at = end;
    } else {
      text.push(replaced(lines[at], at, counters));
    }
  }
  return text;
}

/** Where the block that begins at a line ends, and its #else: the end, too, where it has none. */
function branches(lines: readonly string[], begin: number): { otherwise: number; end: number } {
  let depth = 0;
  let otherwise: number | undefined;
  for (let at = begin + 1; at < lines.length; at++) {
    const line = lines[at].trim();
    if (line.startsWith("#for ") || line.startsWith("#if ")) depth++;
    else if (line === "#else" && depth === 0) otherwise = at;
    else if (line === "#end" && depth-- === 0) return { otherwise: otherwise ?? at, end: at };
  }
  throw new SyntaxError(`${lines[begin].trim()} is not closed, line ${begin + 1}`);
}

/** A line of WGSL with the counters' values in their places. */
function replaced(line: string, at: number, counters: Readonly<Record<string, number>>): string {
  const directive = line.trim();
  if (directive === "#end" || directive === "#else") {
    throw new SyntaxError(`${directive} without a beginning, line ${at + 1}`);
  }
  if (directive.startsWith("#")) {
    throw new SyntaxError(`${directive} is no directive, line ${at + 1}`);
  }
  return line.replace(/\$\{(\w+)\}/g, (_, name) => {
    if (counters[name] === undefined) {
      throw new SyntaxError(`\${${name}} is not being repeated, line ${at + 1}`);
    }
    return `${counters[name]}`;
  });
}

function constantAt({ constants }: Template, name: string, line: number): number {
  if (constants[name] === undefined) {
    throw new SyntaxError(`the constant ${name} is not given, line ${line + 1}`);
  }
  return constants[name];
}
