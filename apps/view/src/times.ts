// Times and how long things take, in words. Pure functions; now is a moment as
// the node says it, never the browser's clock, which may be wrong.

import { clock } from "./words";

const second = 1000;
const units = [
  ["s", second],
  ["min", 60 * second],
  ["h", 3600 * second],
  ["days", 86400 * second],
  ["years", 365.25 * 86400 * second],
] as const;

/** A moment to the second, minute or what it is in milliseconds: what shows it changes no sooner. */
export const toThe = (unit: number, at: string) => new Date(Math.floor(Date.parse(at) / unit) * unit).toISOString();

/** A length of time in its largest unit that says something: "47 min", "14 h", "3.2 years". */
export function length(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  let i = units.length - 1;
  while (i > 0 && ms < (i === 3 ? 2 : i === 4 ? 2 : 1) * units[i]![1]) i--;
  const n = ms / units[i]![1];
  return (i === 4 && n < 9.95 ? n.toFixed(1) : String(Math.floor(n))) + " " + units[i]![0];
}

/** How long from one moment to another, in its largest unit. */
export function span(from: string, to: string): string {
  let s = Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
  for (const [unit, length] of [["s", 60], ["min", 60], ["h", 48]] as const) {
    if (s < length) return Math.floor(s) + " " + unit;
    s /= unit === "h" ? 24 : 60;
  }
  return Math.floor(s) + " days";
}

/** How far a moment is from now: "in 14 h", "3 min ago". */
export function from(at: string, now: string): string {
  const ms = Date.parse(at) - Date.parse(now);
  return ms > 0 ? "in " + length(ms) : ms > -1000 ? "now" : length(-ms) + " ago";
}

/** A moment: its clock on the day that is now, with its date on another. */
export function moment(at: string, now: string): string {
  const [a, n] = [new Date(at), new Date(now)];
  if (a.toDateString() === n.toDateString()) return clock(at);
  return a.toLocaleString("en-GB", { day: "numeric", month: "short", ...(a.getFullYear() === n.getFullYear() ? { hour: "2-digit", minute: "2-digit" } : { year: "numeric" }) });
}

export function day(at: string): string {
  return new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}
