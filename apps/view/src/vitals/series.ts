// What was measured, gathered from tokens: one series for each stream of a
// device, in the unit it is measured in. It names no one: where the tap is
// masked, devices are hashes of this tap.

import { type Json, type TapToken, isObject, readingOf } from "../tap/types";

const most = 6000; // values of one series; the oldest go
const mostSeries = 24;
const mostRefused = 200;

export interface Refused {
  at: number; // seconds since 1970
  value: number;
  reason: string;
}

export interface Series {
  key: string;
  label: string; // "heart rate"
  of: string; // of which device, as far as may be seen
  unit: string;
  at: number[]; // seconds since 1970, rising
  values: number[];
  refused: Refused[];
}

export class Vitals {
  all: Series[] = [];
  more = 0; // series there was no room for
  #at = new Map<string, Series>();

  /** Takes what a token says that was measured. */
  add(t: TapToken) {
    const at = Date.parse(t.at) / 1000;
    const r = readingOf(t.value);
    if (r) {
      const s = this.#series(r.device, r.stream, r.kind, r.name ?? "", r.unit);
      const first = Date.parse(r.at) / 1000;
      r.values.forEach((v, i) => typeof v === "number" && put(s, first + i * (r.period ?? 0), v));
    } else if (typeof t.value === "number") {
      put(this.#series("", t.port, "", t.port, ""), at, t.value);
    } else if (isObject(t.value)) {
      this.#dictionary(t.value, at);
    }
  }

  #dictionary(d: { [key: string]: Json }, at: number) {
    if (isObject(d.refused)) return this.#refusal(d.refused, at);
    if (isObject(d.$window)) {
      const list = d.$window.refused;
      if (Array.isArray(list)) for (const r of list) if (isObject(r)) this.#refusal(r, at);
      return;
    }
    for (const [key, v] of Object.entries(d)) {
      if (typeof v === "number" && !notMeasured.has(key)) put(this.#series(text(d.device), key, "", key === "value" && text(d.kind) ? text(d.kind) : key, key === "value" ? text(d.unit) : ""), at, v);
    }
  }

  #refusal(r: { [key: string]: Json }, at: number) {
    const value = typeof r.low === "number" ? r.low : parseFloat(text(r.value));
    if (!Number.isFinite(value)) return;
    const when = Date.parse(text(r.at) || text(r.taken)) / 1000;
    const s = this.#series(text(r.device), text(r.stream), text(r.kind), text(r.name), text(r.unit));
    s?.refused.push({ at: Number.isFinite(when) ? when : at, value, reason: text(r.reason) });
    if (s && s.refused.length > mostRefused) s.refused.shift();
  }

  #series(device: string, stream: string, kind: string, name: string, unit: string): Series | undefined {
    const key = [device, stream, kind, unit].join("\n");
    let s = this.#at.get(key);
    if (!s && this.all.length >= mostSeries) {
      this.more++;
      return undefined;
    }
    if (!s) {
      s = { key, label: name || kinds[kind] || kind || stream || "value", of: device, unit, at: [], values: [], refused: [] };
      this.#at.set(key, s);
      this.all.push(s);
    }
    if (name && s.label === kind) s.label = name;
    return s;
  }
}

// LOINC codes in words, where a token says only the code (runtime/node/judged.go).
const kinds: Record<string, string> = {
  "8310-5": "body temperature",
  "8867-4": "heart rate",
  "8889-8": "pulse rate",
  "59408-5": "oxygen saturation",
  "9279-1": "respiratory rate",
  "99504-3": "interstitial glucose",
  "2339-0": "blood glucose",
  "8480-6": "systolic pressure",
  "8462-4": "diastolic pressure",
  "8478-0": "mean pressure",
  "11524-6": "ECG",
};

const notMeasured = new Set(["at", "time", "timestamp", "seq", "number", "epoch", "block", "version", "code"]);

const text = (v: Json | undefined): string => (typeof v === "string" ? v : "");

/** Puts a value where its time is: a token that comes late does not bend the line. */
function put(s: Series | undefined, at: number, value: number) {
  if (!s || !Number.isFinite(at)) return;
  let i = s.at.length;
  while (i > 0 && s.at[i - 1]! > at) i--;
  if (i > 0 && s.at[i - 1] === at) {
    s.values[i - 1] = value;
    return;
  }
  if (i === s.at.length) {
    s.at.push(at);
    s.values.push(value);
  } else {
    s.at.splice(i, 0, at);
    s.values.splice(i, 0, value);
  }
  if (s.at.length > most) {
    s.at.splice(0, most / 10);
    s.values.splice(0, most / 10);
  }
}

/** How far apart two values may be before the line between them is a guess: a
 * good deal more than is usual. */
export function gapOf(at: number[]): number {
  const steps: number[] = [];
  for (let i = Math.max(1, at.length - 200); i < at.length; i++) steps.push(at[i]! - at[i - 1]!);
  steps.sort((a, b) => a - b);
  return Math.max(3 * (steps[steps.length >> 1] ?? 0), 0.5 + 1.5 * (steps[Math.floor(steps.length * 0.8)] ?? 0));
}

/** The values since a moment, with null in each gap. */
export function since(s: Series, from: number): [number[], (number | null)[]] {
  const gap = gapOf(s.at);
  const at: number[] = [];
  const values: (number | null)[] = [];
  let i = s.at.length;
  while (i > 0 && s.at[i - 1]! >= from) i--;
  for (; i < s.at.length; i++) {
    const t = s.at[i]!;
    const before = at.at(-1);
    if (before !== undefined && t - before > gap) {
      at.push((before + t) / 2);
      values.push(null);
    }
    at.push(t);
    values.push(s.values[i]!);
  }
  return [at, values];
}

export interface Summary {
  newest: number;
  least: number;
  mean: number;
  largest: number;
  count: number;
  gaps: number;
  refused: number;
}

/** A series since a moment, in numbers; undefined when it has none. */
export function summary(s: Series, from: number): Summary | undefined {
  const [, values] = since(s, from);
  const have = values.filter((v): v is number => v !== null);
  const refused = s.refused.filter((r) => r.at >= from).length;
  if (have.length === 0) return refused > 0 ? { newest: NaN, least: NaN, mean: NaN, largest: NaN, count: 0, gaps: 0, refused } : undefined;
  let [least, largest, sum] = [Infinity, -Infinity, 0];
  for (const v of have) [least, largest, sum] = [Math.min(least, v), Math.max(largest, v), sum + v];
  return { newest: have.at(-1)!, least, mean: sum / have.length, largest, count: have.length, gaps: values.length - have.length, refused };
}
