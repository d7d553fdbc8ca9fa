// CalvinScript for the editor's colours, indents and comments: what the TextMate
// grammar of apps/editor says, as a reader of one line after another. What is
// right and wrong, the node says.

import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StringStream } from "@codemirror/language";
import { tags as t } from "@lezer/highlight";

interface Reading {
  within: "" | "comment" | "doc"; // what goes on over the ends of lines
  line: "" | "component" | "place" | "transform"; // what the line, or statement, is
  open: string; // the brackets that are open, the innermost last
  last: string; // the last thing that is no space
}

const name = /^[A-Za-z][A-Za-z0-9_]*/;
const begins: Record<string, string> = { define: "definitionKeyword", component: "definitionKeyword", rule: "keyword", group: "keyword", apply: "keyword", for: "controlKeyword", test: "keyword", give: "keyword", expect: "keyword", after: "keyword", set: "keyword" };

const language = StreamLanguage.define<Reading>({
  name: "calvin",
  startState: () => ({ within: "", line: "", open: "", last: "" }),
  token(stream, state) {
    if (state.within) return goOn(stream, state);
    if (stream.sol()) newLine(stream, state);
    if (stream.eatSpace()) return null;
    const at = stream.pos;
    const kind = token(stream, state);
    if (kind !== "comment") state.last = stream.string.slice(at, stream.pos);
    return kind;
  },
  indent(state, after, cx) {
    if (state.within) return null;
    const closes = /^\s*[})\]]/.test(after) ? 1 : 0;
    return Math.max(0, state.open.length - closes) * cx.unit;
  },
  languageData: {
    commentTokens: { line: "#", block: { open: "/*", close: "*/" } },
    closeBrackets: { brackets: ["(", "[", "{", '"', '"""'] },
    indentOnInput: /^\s*[})\]]$/,
  },
});

/** A place rule may go on in the next line after an operator; all else ends. */
function newLine(stream: StringStream, state: Reading) {
  const goes = state.line === "place" ? /^[&|~:,]$/.test(state.last) : state.line === "component" && state.last !== "{";
  if (!goes) state.line = "";
  const include = stream.match(/^\s*include(?=\s)/, false);
  if (include) state.line = "";
}

function goOn(stream: StringStream, state: Reading): string {
  const [end, kind] = state.within === "doc" ? ['"""', "docString"] : ["*/", "blockComment"];
  while (!stream.eol()) {
    if (stream.match(end)) {
      state.within = "";
      return kind;
    }
    stream.next();
  }
  return kind;
}

function token(stream: StringStream, state: Reading): string | null {
  if (stream.match("/*")) return (state.within = "comment"), goOn(stream, state);
  if (stream.match(/^(#|\/\/).*/)) return "lineComment";
  if (stream.match('"""')) return (state.within = "doc"), goOn(stream, state);
  if (stream.match(/^!"(\\.|[^"\\])*("|$)/)) return "string.special";
  if (stream.match(/^"(\\.|[^"\\])*("|$)/)) return "string";
  if (stream.match(/^&[A-Za-z]\w*\.[A-Za-z]\w*/)) return "string.special";
  const first = beginning(stream);
  if (first && stream.match(/^include(?=\s+\S)/)) return "moduleKeyword";
  if (state.last === "include" && stream.match(/^[^\s/\\:*?]+/)) return "string";
  if (stream.match(/^-?\d+(\.\d*)?/)) return "number";
  if (stream.match("->") || stream.match(/^[>@+=]/)) return "operator";
  if (stream.match(/^[&|~]/)) return "logicOperator";
  if (stream.match(/^:[A-Za-z]\w*(?=\s)/)) return "labelName";
  if (stream.match(/^\.\.\./)) return "operator";
  if (stream.match(/^\.[A-Za-z]\w*/)) return "propertyName";
  if (stream.match(name)) return word(stream, state, first);
  return bracket(stream, state);
}

const beginning = (stream: StringStream) => /^\s*$|[{}]\s*$/.test(stream.string.slice(0, stream.pos));

function word(stream: StringStream, state: Reading, first: boolean): string | null {
  const text = stream.current().trim();
  const rest = stream.string.slice(stream.pos);
  const inBrackets = /[([]$/.test(state.open);
  if (/^(true|false)$/.test(text)) return "bool";
  if (text === "null") return "null";
  if (text === "voidport") return "keyword";
  if (first && begins[text] && /^\s+[^\s:.>=]|^\s*$/.test(rest)) {
    state.line = text === "component" ? "component" : /^(rule|group|apply)$/.test(text) ? "place" : "";
    return begins[text]!;
  }
  if (text === "in" && /^\s*for\s/.test(stream.string) && !inBrackets) return "controlKeyword";
  if (text === "once" && !inBrackets && /^\s+[^\s:.=>,)\]]/.test(rest)) return "keyword";
  if (inBrackets && /^\s*=/.test(rest)) return "propertyName";
  if (state.last === "component") return "typeName.definition";
  if (state.last === "define") return "variableName.definition.constant";
  if (state.line === "component") return "variableName.local";
  if (state.line === "place") return placed(state, rest);
  if (!inBrackets && /^\s*:\s*(([A-Za-z]\w*\.)*[A-Za-z]\w*)\s*\(/.test(rest)) return "variableName.definition";
  if (/^(\.[A-Za-z]\w*)*\s*\(/.test(rest) && state.last === ":") {
    stream.match(/^(\.[A-Za-z]\w*)*/);
    return "typeName";
  }
  return inBrackets ? "variableName.constant" : "variableName";
}

function placed(state: Reading, rest: string): string {
  if (/^(rule|group)$/.test(state.last)) return "labelName.definition";
  return /^\s*\(/.test(rest) ? "variableName.function" : "variableName";
}

function bracket(stream: StringStream, state: Reading): string | null {
  const c = stream.next()!;
  if (/[([{]/.test(c)) {
    state.open += c;
    if (c === "{") state.line = "";
  } else if (/[)\]}]/.test(c)) {
    state.open = state.open.slice(0, -1);
  }
  return /[()[\]{}]/.test(c) ? "bracket" : c === "/" ? "operator" : "punctuation";
}

/** The colours are variables of the page, so that they follow its light and dark. */
const colours = HighlightStyle.define([
  { tag: [t.comment, t.lineComment, t.blockComment, t.docString], color: "var(--soft)", fontStyle: "italic" },
  { tag: [t.keyword, t.definitionKeyword, t.controlKeyword, t.moduleKeyword], color: "var(--accent)", fontWeight: "600" },
  { tag: [t.string, t.special(t.string)], color: "var(--ok)" },
  { tag: [t.number, t.bool, t.null], color: "var(--warn)" },
  { tag: t.typeName, color: "var(--code-type)" },
  { tag: t.definition(t.typeName), color: "var(--code-type)", fontWeight: "600" },
  { tag: t.definition(t.variableName), color: "var(--ink)", fontWeight: "600" },
  { tag: t.function(t.variableName), color: "var(--accent)" },
  { tag: [t.labelName, t.definition(t.labelName)], color: "var(--code-type)" },
  { tag: t.propertyName, color: "var(--code-port)" },
  { tag: [t.operator, t.logicOperator], color: "var(--bad)" },
  { tag: [t.bracket, t.punctuation], color: "var(--soft)" },
]);

export const calvin = [language, syntaxHighlighting(colours)];
