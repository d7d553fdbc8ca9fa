// Reads scripts from standard input, as JSON: {name: text}. Writes what the
// grammar makes of each, as JSON: {name: "line\n  \"token\" scope scope\n"}.

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
await oniguruma.loadWASM(fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")));

const registry = new textmate.Registry({
  onigLib: Promise.resolve({
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  }),
  loadGrammar: async (scope) => {
    if (scope !== "source.calvin") return null;
    const file = path.join(folder, "syntaxes", "calvin.tmLanguage.json");
    return textmate.parseRawGrammar(fs.readFileSync(file, "utf8"), file);
  },
});
const grammar = await registry.loadGrammar("source.calvin");

function scopes(text) {
  let out = "";
  let state = textmate.INITIAL;
  for (const line of text.replace(/\n$/, "").split("\n")) {
    out += line + "\n";
    const result = grammar.tokenizeLine(line, state);
    if (result.stoppedEarly) throw new Error(`the grammar takes too long over ${JSON.stringify(line)}`);
    state = result.ruleStack;
    for (const token of result.tokens) {
      const word = line.slice(token.startIndex, token.endIndex);
      const names = token.scopes.slice(1).filter((name) => !name.startsWith("meta."));
      // A mark may go without a scope, a word may not: it shows as "-".
      if (!names.length && /\w/.test(word)) names.push("-");
      if (word.trim() && names.length) {
        out += `  ${JSON.stringify(word)} ${names.map((name) => name.replace(/\.calvin$/, "")).join(" ")}\n`;
      }
    }
  }
  return out;
}

const texts = JSON.parse(fs.readFileSync(0, "utf8"));
const all = {};
for (const [name, text] of Object.entries(texts)) all[name] = scopes(text);
console.log(JSON.stringify(all));
