// Puts changes on a snapshot with src/changes.ts, and writes what comes out: it
// reads [{snapshot, changes: […]}] from its input and writes the snapshots after
// each of the changes.
import { readFileSync } from "node:fs";
import ts from "typescript";

const source = readFileSync(new URL("../src/changes.ts", import.meta.url), "utf8");
const js = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } }).outputText;
const { apply } = await import("data:text/javascript," + encodeURIComponent(js));

const out = [];
for (const { snapshot, changes } of JSON.parse(readFileSync(0, "utf8"))) {
  let at = snapshot;
  for (const change of changes) {
    const before = JSON.stringify(at);
    const next = apply(at, change);
    if (JSON.stringify(at) !== before) throw new Error("apply changed what it was given");
    const touched = change.actors ?? {};
    for (const actor of at.actors) {
      if (touched[actor.id] === undefined && !next.actors.includes(actor)) throw new Error(actor.id + " did not change, and is another object");
    }
    out.push((at = next));
  }
}
process.stdout.write(JSON.stringify(out));
