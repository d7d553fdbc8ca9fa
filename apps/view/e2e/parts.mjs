// What the panels make of events, spans, counts and times. Its exit code is the
// result.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import ts from "typescript";

/** A module of the page, as it is, with what it imports given. */
const load = async (file, given = "") => {
  const source = given + readFileSync(file, "utf8").replace(/^import .*$/gm, "");
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: "es2022", module: "es2022" } });
  return import("data:text/javascript," + encodeURIComponent(outputText));
};
process.env.TZ = "UTC";
const { groupOf, once, passes } = await load("src/panels/events.ts");
const { lanes, ticks } = await load("src/panels/lanes.ts");
const { judges, reasons, share } = await load("src/panels/judging.ts");
const { from, length, moment, toThe } = await load("src/times.ts", 'const clock = (at: string) => at.slice(11, 19);\n');

const at = (s) => new Date(Date.UTC(2026, 10, 22, 8) + 1000 * s).toISOString();
const ms = (s) => Date.parse(at(s));

// The same, told by several hosts at about the same time, is one event; later it is another.
const down = (s, node) => ({ at: at(s), kind: "node-down", text: "node b went down", bad: true, about: "b", node });
const told = once([down(60, "a"), down(12, "c"), down(10, "a"), { at: at(9), kind: "app-deployed", text: "ward was deployed", app: "ward", node: "a" }]);
assert.deepEqual(told.map((e) => e.by), [["a"], ["c", "a"], ["a"]]);
assert.deepEqual(once([down(12, "a"), down(10, "a")]).length, 2, "a host that tells it twice saw it twice");

// Every kind of event that Go has is in a group; words are looked for in any order.
for (const [, kind] of readFileSync("../../runtime/control/types.go", "utf8").matchAll(/EventKind = "([\w-]+)"/g)) {
  const group = groupOf(kind);
  assert.equal(/^(node|leader|majority|voters|key)-/.test(kind), group === "hosts", kind + " is about " + group);
}
const all = { group: "", text: "", host: "", app: "", bad: false };
const kept = (f) => told.filter((e) => passes(e, { ...all, ...f })).length;
assert.deepEqual([kept({}), kept({ bad: true }), kept({ group: "applications" }), kept({ text: "DOWN b" }), kept({ host: "b" }), kept({ host: "c" }), kept({ app: "night" })], [3, 2, 1, 2, 2, 1, 2]);

// Lanes: the cluster first; what nobody watched is filled in; what goes on ends at the edge.
const line = {
  since: at(0),
  spans: [
    { node: "b", state: "up", from: at(0), until: at(100) },
    { node: "b", state: "leads", from: at(10), until: at(50) },
    { node: "b", state: "up", from: at(160) },
    { node: "a", state: "down", from: at(20), why: "no answer" },
    { state: "no majority", from: at(30), until: at(40) },
    { node: "c", state: "up", from: at(0), until: at(5) },
  ],
};
const show = (l) => l.bars.map((b) => `${b.state} ${(b.from - ms(0)) / 1000}-${(b.until - ms(0)) / 1000}${b.goesOn ? "…" : ""}`);
let out = lanes(line, ms(0), ms(200));
assert.deepEqual(out.map((l) => l.node), ["", "a", "b", "c"]);
assert.deepEqual(out.map(show), [["no majority 30-40"], ["unseen 0-20", "down 20-200…"], ["up 0-100", "unseen 100-160", "up 160-200…"], ["up 0-5", "unseen 5-200"]]);
assert.equal(out[2].leads.length, 1);
out = lanes(line, ms(60), ms(200));
assert.deepEqual(out.map(show), [[], ["down 60-200…"], ["up 60-100", "unseen 100-160", "up 160-200…"]]);
assert.deepEqual(lanes(line, ms(60), ms(61)).map((l) => l.node), ["", "a", "b"], "b goes on though its last span is all ahead");

// Marks stand at round times, and not too close.
for (const [span, most, step] of [[600, 10, 60], [3600, 12, 300], [86400, 8, 10800], [7 * 86400, 7, 86400]]) {
  const marks = ticks(ms(7), ms(7 + span), most);
  assert.ok(marks.length <= most + 1 && marks.length > 0, `${marks.length} marks of ${span} s`);
  assert.ok(marks.every((t) => t % (1000 * step) === 0), `marks of ${span} s at ${marks.map((t) => new Date(t).toISOString())}`);
}

// Who refuses most stands first, and the most frequent reason; some is never none.
const actor = (id, accepted, refused) => ({ id, judged: { accepted, refused } });
const who = judges([actor("a", 10), actor("b", 990, { "too low": 1, "too high": 9 }), { id: "no judge" }, actor("c", 1, { "too low": 3 })]);
assert.deepEqual(who.map((j) => [j.id, j.refused]), [["b", 10], ["c", 3], ["a", 0]]);
assert.deepEqual(reasons(who), ["too high", "too low"]);
assert.deepEqual([share(0, 9), share(1, 100000), share(10, 1000), share(1, 4), share(0, 0)], ["0 %", "<0.1 %", "1.0 %", "25 %", "0 %"]);

// How long, and when.
const [s, min, h, d] = [1e3, 6e4, 36e5, 864e5];
assert.deepEqual([-5, 900, 59 * s, 60 * s, 90 * min, 47 * h, 49 * h, 400 * d, 3 * 365.25 * d, 20 * 365.25 * d].map(length), ["0 s", "0 s", "59 s", "1 min", "1 h", "47 h", "2 days", "400 days", "3.0 years", "20 years"]);
assert.deepEqual([from(at(60), at(0)), from(at(0), at(0)), from(at(0), at(7200))], ["in 1 min", "now", "2 h ago"]);
assert.equal(moment(at(3), at(99)), "08:00:03");
assert.match(moment(at(-d / s), at(0)), /^21 Nov, 08:00$/);
assert.match(moment(at((400 * d) / s), at(0)), /^27 Dec 2027$/);
assert.equal(toThe(min, at(119)), at(60));
