/**
 * WGSL with names for its sizes. A kernel's text is plain WGSL beside its record, apart from three
 * things that the language lacks and that decide speed or sharing: constants put in front, loops
 * unrolled as text (registers have no index), and lines kept or dropped.
 *
 *     #for q < QUADS        the lines up to #end once for each q, with ${q} replaced
 *     #if SHARDED           the lines up to #else or #end when the constant is not 0
 */

/** Sizes by name; each becomes `const NAME = 12u;`. */
export type Constants = Readonly<Record<string, number>>;

/** The WGSL of a template under these constants. */
export function expand(template: string, constants: Constants): string {
  const lines = template.split("\n");
  const end = block(lines, 0, constants, {});
  if (end.next < lines.length) {
    throw new SyntaxError(`${lines[end.next].trim()} without a beginning, line ${end.next + 1}`);
  }
  return `${
    Object.entries(constants).map(([name, value]) => `const ${name} = ${value}u;`).join("\n")
  }\n${end.text.join("\n")}`;
}

type Names = Readonly<Record<string, number>>;

/** Expands lines up to the #else or #end that closes the block, or to the last. */
function block(
  lines: readonly string[],
  from: number,
  constants: Constants,
  names: Names,
): { text: string[]; next: number } {
  const text: string[] = [];
  let at = from;
  while (at < lines.length) {
    const line = lines[at].trim();
    if (line === "#end" || line === "#else") break;
    const loop = line.match(/^#for (\w+) < (\w+)$/);
    const condition = line.match(/^#if (\w+)$/);
    if (loop !== null) {
      closing(lines, at, block(lines, at + 1, constants, { ...names, [loop[1]]: 0 }).next);
      const count = Number(loop[2]) >= 0 ? Number(loop[2]) : valueOf(loop[2], constants, at);
      for (let i = 0; i < count; i++) {
        text.push(...block(lines, at + 1, constants, { ...names, [loop[1]]: i }).text);
      }
      at = block(lines, at + 1, constants, { ...names, [loop[1]]: 0 }).next + 1;
    } else if (condition !== null) {
      const yes = block(lines, at + 1, constants, names);
      const holds = valueOf(condition[1], constants, at) !== 0;
      closing(lines, at, yes.next);
      if (holds) text.push(...yes.text);
      at = yes.next + 1;
      if (lines[yes.next]?.trim() === "#else") {
        const no = block(lines, at, constants, names);
        closing(lines, yes.next, no.next);
        if (!holds) text.push(...no.text);
        at = no.next + 1;
      }
    } else {
      if (line.startsWith("#")) throw new SyntaxError(`${line} is no directive, line ${at + 1}`);
      text.push(lines[at].replace(/\$\{(\w+)\}/g, (_, name) => {
        if (names[name] === undefined) {
          throw new SyntaxError(`\${${name}} is not being repeated, line ${at + 1}`);
        }
        return `${names[name]}`;
      }));
      at++;
    }
  }
  return { text, next: at };
}

function closing(lines: readonly string[], from: number, end: number): void {
  if (end >= lines.length) {
    throw new SyntaxError(`${lines[from].trim()} is not closed, line ${from + 1}`);
  }
}

function valueOf(name: string, constants: Constants, line: number): number {
  if (constants[name] === undefined) {
    throw new SyntaxError(`the constant ${name} is not given, line ${line + 1}`);
  }
  return constants[name];
}
