// What the stream of a tap carries (runtime/control/tap.go).

export interface TapAbout {
  link: string;
  node: string; // where it is sampled
  masked: boolean;
  until: string;
  perSecond: number;
}

export interface TapToken {
  at: string;
  seq: number;
  port: string;
  value: Json;
  truncated?: boolean;
  masked?: boolean;
}

export interface TapSkipped {
  seen: number;
  thinned?: number; // there were more than are shown
  slow?: number; // this page read too slowly
  shown: number;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A reading as a tap shows it. */
export interface Reading {
  device: string;
  stream: string;
  kind: string;
  name?: string;
  unit: string;
  at: string;
  period?: number; // seconds between the values
  values: Json[]; // the last may say how many more there were
}

const isObject = (v: Json | undefined): v is { [key: string]: Json } => typeof v === "object" && v !== null && !Array.isArray(v);

/** The reading that a token carries, by itself or with whose it is. */
export function readingOf(value: Json): Reading | undefined {
  if (!isObject(value)) return undefined;
  const inner = value.$reading ?? (isObject(value.reading) ? value.reading.$reading : undefined);
  return isObject(inner) && Array.isArray(inner.values) ? (inner as unknown as Reading) : undefined;
}

export { isObject };
