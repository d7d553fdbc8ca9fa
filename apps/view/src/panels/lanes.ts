// How the hosts have been, as lanes of a timeline. Pure functions; times are
// milliseconds.

import type { Span, Timeline } from "../answers";

export interface Bar {
  state: string; // of a span, or "unseen": nobody watched
  from: number;
  until: number; // where it ends in the picture
  goesOn: boolean;
  why: string;
}

export interface Lane {
  node: string; // "": the cluster as a whole
  bars: Bar[]; // one after another, with gaps filled in as "unseen"
  leads: Bar[];
}

/** The lanes of a timeline, cut to what is between from and until: the cluster first, then the hosts by name. */
export function lanes(line: Timeline, from: number, until: number): Lane[] {
  const by = new Map<string, Lane>();
  const lane = (node: string) => by.get(node) ?? by.set(node, { node, bars: [], leads: [] }).get(node)!;
  lane("");
  for (const s of line.spans) {
    const bar = cut(s, from, until);
    if (!bar) {
      if (!s.until) lane(s.node ?? ""); // it goes on, and is all behind
      continue;
    }
    (s.state === "leads" ? lane(s.node ?? "").leads : lane(s.node ?? "").bars).push(bar);
  }
  const known = Math.max(from, Date.parse(line.since));
  for (const l of by.values()) {
    if (l.node === "") continue;
    l.bars = filled(l.bars, known, until);
  }
  return [...by.values()].sort((a, b) => a.node.localeCompare(b.node));
}

function cut(s: Span, from: number, until: number): Bar | undefined {
  const begin = Date.parse(s.from);
  const end = s.until ? Date.parse(s.until) : until;
  if (end <= from || begin >= until) return undefined;
  return { state: s.state, from: Math.max(from, begin), until: Math.min(until, end), goesOn: !s.until, why: s.why ?? "" };
}

/** The same bars with what is between them, so long that it can be seen. */
function filled(bars: Bar[], from: number, until: number): Bar[] {
  const out: Bar[] = [];
  let at = from;
  const unseen = (till: number) => {
    if (till - at > 1500) out.push({ state: "unseen", from: at, until: till, goesOn: false, why: "nobody watched" });
  };
  for (const b of [...bars].sort((a, b) => a.from - b.from)) {
    unseen(b.from);
    out.push(b);
    at = Math.max(at, b.until);
  }
  if (out.length > 0) unseen(until);
  return out;
}

/** Marks for an axis: about so many, at round times. */
export function ticks(from: number, until: number, most: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400].map((s) => s * 1000);
  const step = steps.find((s) => (until - from) / s <= most) ?? steps.at(-1)!;
  // Round in the time of who looks, so that midnight is one.
  const shift = new Date(until).getTimezoneOffset() * 60_000;
  const out = [];
  for (let t = Math.ceil((from - shift) / step) * step + shift; t < until; t += step) out.push(t);
  return out;
}
