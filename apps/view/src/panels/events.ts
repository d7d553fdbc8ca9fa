// What the log of events is filtered by. Pure functions.

import type { Event } from "../types";

/** What an event is about, for people who look for something. */
export const groups = ["hosts", "applications", "actors", "links", "rules and chain", "readings"] as const;
export type Group = (typeof groups)[number];

const of: Record<string, Group> = {
  node: "hosts",
  leader: "hosts",
  majority: "hosts",
  voters: "hosts",
  key: "hosts",
  app: "applications",
  actor: "actors",
  link: "links",
  peer: "links",
  rule: "rules and chain",
  chain: "rules and chain",
  checks: "rules and chain",
  readings: "readings",
};

/** The group of a kind, by its first word: "node-down" is about hosts. */
export const groupOf = (kind: string): Group => of[kind.split("-")[0]!] ?? "hosts";

export interface Filter {
  group: Group | "";
  text: string;
  host: string;
  app: string; // what belongs to no application is always let through
  bad: boolean; // trouble only
}

/** An event as several hosts tell it. */
export interface Told extends Event {
  by: string[];
}

/** One of what several hosts tell of the same: not twice in five seconds. Newest first, as events are. */
export function once(events: Event[]): Told[] {
  const out: Told[] = [];
  for (const e of events) {
    const at = Date.parse(e.at);
    let had: Told | undefined;
    for (let i = out.length - 1; i >= 0 && Date.parse(out[i]!.at) - at <= 5000; i--)
      if (out[i]!.kind === e.kind && out[i]!.text === e.text && e.node && !out[i]!.by.includes(e.node)) had = out[i];
    if (had) had.by.push(e.node!);
    else out.push({ ...e, by: e.node ? [e.node] : [] });
  }
  return out;
}

export function passes(e: Told, f: Filter): boolean {
  if (f.bad && !e.bad) return false;
  if (f.group && groupOf(e.kind) !== f.group) return false;
  if (f.app && e.app && e.app !== f.app) return false;
  if (f.host && e.about !== f.host && !e.by.includes(f.host)) return false;
  const words = f.text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [e.text, e.kind, e.actor, e.link, e.peer, e.about, ...e.by].join(" ").toLowerCase();
  return words.every((w) => all.includes(w));
}
