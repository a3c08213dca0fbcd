/**
 * The project's own lint rules, for `deno lint`: one statement, one thing; signatures that a reader
 * can hold; one way to the terminal; lines that fit. `deno fmt` breaks code at 100 columns but
 * neither texts nor comments.
 */

/** Columns of a line, comments and texts included. */
export const COLUMNS = 100;
/** Parameters of a function; with more it takes a record. */
export const PARAMETERS = 6;

type Function =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

const oneDeclarator: Deno.lint.Rule = {
  create: (context) => ({
    VariableDeclaration(node) {
      const inHead = node.parent.type === "ForStatement";
      if (node.declarations.length > 1 && !inHead) {
        context.report({ node, message: "several variables in one statement", hint: "one each" });
      }
    },
  }),
};

const noComma: Deno.lint.Rule = {
  create: (context) => ({
    SequenceExpression(node) {
      if (node.parent.type !== "ForStatement") {
        context.report({
          node,
          message: "a comma between expressions",
          hint: "one statement each",
        });
      }
    },
  }),
};

const fewParameters: Deno.lint.Rule = {
  create(context) {
    const check = (node: Function) => {
      if (node.params.length > PARAMETERS) {
        context.report({
          node,
          message: `${node.params.length} parameters`,
          hint: `at most ${PARAMETERS}; take a record`,
        });
      }
    };
    return {
      FunctionDeclaration: check,
      FunctionExpression: check,
      ArrowFunctionExpression: check,
    };
  },
};

const noNestedConditional: Deno.lint.Rule = {
  create: (context) => ({
    "ConditionalExpression ConditionalExpression"(node: Deno.lint.Node) {
      context.report({
        node,
        message: "a conditional inside a conditional",
        hint: "an early return, a table, or a name for the inner one",
      });
    },
  }),
};

/** Files that may speak to a terminal themselves, and rooms where nobody else may. */
const SPEAKER = /(^|\/)lib\/terminal\/[^/]+$/;
const SPOKEN_FOR = /(^|\/)(lib|scripts)\//;
const TESTS = /(^|\/)tests\//;

const sayOnly: Deno.lint.Rule = {
  create: (context) => ({
    MemberExpression({ object, property }) {
      const file = context.filename.replaceAll("\\", "/");
      if (!SPOKEN_FOR.test(file) || SPEAKER.test(file) || TESTS.test(file)) return;
      const isConsole = object.type === "Identifier" && object.name === "console";
      const isStream = object.type === "Identifier" && object.name === "Deno" &&
        property.type === "Identifier" && ["stdout", "stderr"].includes(property.name);
      if (isConsole || isStream) {
        context.report({
          node: object,
          message: "speaking to the terminal directly",
          hint: "say, give, complain or sayJson of lib/terminal: names must not command it",
        });
      }
    },
  }),
};

const shortLines: Deno.lint.Rule = {
  create: (context) => ({
    Program() {
      const { text } = context.sourceCode;
      let start = 0;
      for (const line of text.split("\n")) {
        if (line.length > COLUMNS) {
          context.report({
            range: [start, start + line.length],
            message: `a line of ${line.length} columns`,
            hint: `at most ${COLUMNS}`,
          });
        }
        start += line.length + 1;
      }
    },
  }),
};

const plugin: Deno.lint.Plugin = {
  name: "style",
  rules: {
    "one-declarator": oneDeclarator,
    "no-comma": noComma,
    "few-parameters": fewParameters,
    "no-nested-conditional": noNestedConditional,
    "say-only": sayOnly,
    "short-lines": shortLines,
  },
};

export default plugin;
