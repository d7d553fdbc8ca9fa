// Traces that a mock can play: read from a file that somebody chooses, or made
// up here. Pure functions; the node judges what they give.

import type { Mock, MockTrace } from "./types";

export const most = 20_000; // values, as package device says

export interface Column {
  name: string;
  values: number[];
  times: number[] | undefined; // seconds since its first value; none: one a second
}

/**
 * The columns of numbers in a text: CSV with or without a head, by comma,
 * semicolon or tab, or one number a line. A column called time, or of dates, gives
 * the pace. An error is a sentence.
 */
export function columns(text: string): Column[] | string {
  const lines = text.split(/\r?\n/).filter((l) => l.trim() && !l.startsWith("#"));
  if (lines.length === 0) return "The file is empty.";
  const by = [";", "\t", ","].find((d) => lines[0]!.includes(d)) ?? ",";
  const rows = lines.map((l) => l.split(by).map((c) => c.trim().replace(/^["'[]+|["'\]]+$/g, "")));
  const head = rows[0]!.some((c) => c !== "" && number(c) === undefined && moment(c) === undefined) ? rows.shift()! : rows[0]!.map((_, i) => "column " + (i + 1));
  const timed = head.findIndex((h, i) => (/^(time|date|t|s|seconds?|timestamp)\b/i.test(h) || (rows[0] && moment(rows[0][i] ?? "") !== undefined)) && head.length > 1);
  const found: Column[] = [];
  head.forEach((name, i) => {
    if (i === timed) return;
    const column: Column = { name, values: [], times: timed < 0 ? undefined : [] };
    let first: number | undefined;
    for (const row of rows) {
      const value = number(row[i] ?? "");
      if (value === undefined || column.values.length >= most) continue;
      if (column.times) {
        const at = number(row[timed] ?? "") ?? moment(row[timed] ?? "");
        if (at === undefined) continue;
        first ??= at;
        if (at - first < (column.times.at(-1) ?? 0)) continue; // out of order
        column.times.push(at - first);
      }
      column.values.push(value);
    }
    if (column.values.length > 0) found.push(column);
  });
  return found.length > 0 ? found : "There is no column of numbers in it.";
}

function number(cell: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(cell)) return undefined;
  const n = Number(cell);
  return Number.isFinite(n) ? n : undefined;
}

/** A date as seconds. */
function moment(cell: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d/.test(cell)) return undefined;
  const ms = Date.parse(cell.replace(" ", "T"));
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

/** Stories that devices of a unit can tell, a value a second. */
export function stories(m: Mock): MockTrace[] {
  const made = (name: string, seconds: number, at: (t: number) => number, digits = 1): MockTrace => ({
    name,
    every: 1,
    once: true,
    values: Array.from({ length: seconds }, (_, t) => Number(at(t).toFixed(digits))),
  });
  const ramp = (t: number, from: number, to: number, begin: number, end: number) => from + (to - from) * Math.min(1, Math.max(0, (t - begin) / (end - begin)));
  switch (m.unit) {
    case "Cel":
      return m.sensor ? [made("a fever that rises", 180, (t) => ramp(t, 36.8, 40.4, 10, 150)), made("a thermometer that falls off", 60, (t) => 36.8 - 14 * (1 - Math.exp(-t / 20)))] : [made("a room that heats up", 120, (t) => ramp(t, 20, 32, 0, 110))];
    case "/min":
      return [made("a racing heart", 90, (t) => ramp(t, 74, 172, 10, 40) - ramp(t, 0, 80, 60, 88), 0), made("a heart that stops", 40, (t) => (t < 15 ? 70 : ramp(t, 70, 0, 15, 22)), 0)];
    case "%":
      return m.sensor ? [made("a fall in saturation", 90, (t) => 97 - ramp(t, 0, 17, 10, 45) + ramp(t, 0, 16, 60, 85), 0)] : [];
    case "mg/dL":
      return [made("a sugar low", 120, (t) => 110 - ramp(t, 0, 62, 5, 80) + ramp(t, 0, 45, 90, 118), 0)];
  }
  return [];
}

/** What a mock said, as a file that can be played again. */
export function csv(points: { at: number; value: number }[], name: string): string {
  const first = points[0]?.at ?? 0;
  return `time,${name.replace(/[",\n]/g, " ")}\n` + points.map((p) => `${((p.at - first) / 1000).toFixed(2)},${p.value}`).join("\n") + "\n";
}
