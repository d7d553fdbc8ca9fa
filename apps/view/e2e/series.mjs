// What the chart makes of tokens: series, gaps, late values, refusals. Its exit
// code is the result.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import ts from "typescript";

/** A module of the page, as it is. */
const load = async (file, imports = "") => {
  const source = imports + readFileSync(file, "utf8").replace(/^import .*$/gm, "");
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: "es2022", module: "es2022" } });
  return import("data:text/javascript," + encodeURIComponent(outputText));
};
const types = readFileSync("src/tap/types.ts", "utf8").replace(/^export (?=const|function|\{)/gm, "").replace(/^\{ isObject \};$/m, "");
const { Vitals, gapOf, since, summary } = await load("src/vitals/series.ts", types);
const { event } = await load("src/tap/stream.ts");
const { said, pieces } = await load("src/tap/words.ts", types);

const at = (s) => new Date(1e12 + 1000 * s).toISOString();
const token = (s, value, port = "out") => ({ at: at(s), seq: s, port, value });
const reading = (s, values, more = {}) => ({ $reading: { device: "device-abcdef", stream: "hr", kind: "8867-4", name: "heart rate", unit: "/min", at: at(s), values, ...more } });

// One line for each stream of a device, by itself or with whose it is; a late value stands where its time is.
let v = new Vitals();
for (const s of [1, 2, 4, 3]) v.add(token(s, s % 2 ? reading(s, [60 + s]) : { patient: "patient-abcdef", reading: reading(s, [60 + s]) }));
v.add(token(5, reading(5, [1, 2, { $more: 9 }], { stream: "ecg", kind: "11524-6", name: "ECG", unit: "mV", period: 0.5 })));
assert.deepEqual(v.all.map((s) => [s.label, s.unit, s.values]), [["heart rate", "/min", [61, 62, 63, 64]], ["ECG", "mV", [1, 2]]]);
assert.deepEqual(v.all[1].at.map((t) => t - 1e9), [5, 5.5]);

// Where nothing came for long there is no line.
for (const s of [5, 6, 7, 20, 21]) v.add(token(s, reading(s, [60 + s])));
const [times, values] = since(v.all[0], 1e9 + 5);
assert.deepEqual(values, [65, 66, 67, null, 80, 81]);
assert.equal(times.length, values.length);
assert.ok(gapOf(v.all[0].at) > 1 && gapOf(v.all[0].at) < 13);
assert.deepEqual(summary(v.all[0], 1e9 + 5), { newest: 81, least: 65, mean: 71.8, largest: 81, count: 5, gaps: 1, refused: 0 });
assert.equal(summary(v.all[1], 1e9 + 100), undefined);

// Refused values are marked, and are no part of the line; numbers without a unit are lines, too.
v = new Vitals();
v.add(token(1, { refused: { device: "device-abcdef", stream: "temp", kind: "8310-5", unit: "Cel", value: "1.1", taken: at(0), reason: "too low" } }));
v.add(token(2, { $window: { refused: [{ device: "device-abcdef", stream: "temp", kind: "8310-5", unit: "Cel", low: 2, high: 3, at: at(1), reason: "too low" }] } }));
v.add(token(3, 7, "integer"));
v.add(token(4, { hr: 70, seq: 12, name: "x", ok: true }));
assert.deepEqual(v.all.map((s) => [s.label, s.values, s.refused.map((r) => [r.at - 1e9, r.value])]), [["body temperature", [], [[0, 1.1], [1, 2]]], ["integer", [7], []], ["hr", [70], []]]);

// However much comes, so much is kept.
v = new Vitals();
for (let i = 0; i < 20000; i++) v.add(token(i, i));
for (let i = 0; i < 100; i++) v.add(token(i, { ["n" + i]: i }));
assert.ok(v.all[0].values.length <= 6000 && v.all[0].values.at(-1) === 19999);
assert.deepEqual([v.all.length, v.more], [24, 77]);

assert.deepEqual(event("event: token\ndata: {}"), { name: "token", data: "{}" });
assert.deepEqual(event(": still here"), { name: "", data: "" });
assert.equal(said(reading(1, [72])), "heart rate 72 /min");
assert.equal(said({ refused: { reason: "too low" } }), "refused: too low");
assert.equal(said([1]), "");
assert.deepEqual(pieces('{"p":"patient-abcdef"}').filter((p) => p.hidden).map((p) => p.text), ['"patient-abcdef"']);
