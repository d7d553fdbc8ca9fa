// A token in words.

import { type Json, type Reading, isObject, readingOf } from "./types";

const digits = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 6 });

export const number = (x: number) => digits.format(x);

export const numbers = (r: Reading): number[] => r.values.filter((v): v is number => typeof v === "number");

/** What a token says, in short: "" where only the whole of it does. */
export function said(value: Json): string {
  const r = readingOf(value);
  if (r) {
    const n = numbers(r);
    const name = r.name || r.kind || "reading";
    if (n.length === 0) return name + ": nothing measured";
    if (n.length === 1) return `${name} ${number(n[0]!)} ${r.unit}`;
    return `${name}, ${n.length} values, ${number(Math.min(...n))} … ${number(Math.max(...n))} ${r.unit}`;
  }
  if (!isObject(value)) return typeof value === "object" ? "" : String(value);
  if (isObject(value.$window)) {
    const w = value.$window;
    const bad = Array.isArray(w.refused) ? w.refused.length : 0;
    return `signed window ${w.number}, ${w.readings} readings${w.accepted === undefined ? ", not judged yet" : `, ${w.accepted} accepted, ${bad} refused`}`;
  }
  if (isObject(value.refused)) return `refused: ${value.refused.reason}${value.refused.clause ? `, ${value.refused.clause}` : ""}`;
  if (typeof value.$exception === "string") return `${value.$exception}: ${value.value}`;
  return "";
}

/** Of whom a token is, as far as it says and may be seen. */
export function of(value: Json): string {
  const r = readingOf(value);
  const patient = isObject(value) && typeof value.patient === "string" ? value.patient : "";
  return [patient, r?.device ?? ""].filter(Boolean).join(", ");
}

/** A text in pieces: those that stand for something hidden, and those between. */
export function pieces(text: string): { text: string; hidden: boolean }[] {
  return text
    .split(/("?\b(?:patient|device|card|text|id)-[a-km-z2-9]{6}\b"?)/)
    .map((t, i) => ({ text: t, hidden: i % 2 === 1 }))
    .filter((p) => p.text !== "");
}
