// Who judges readings here, and what came of it. Pure functions.

import type { ActorState, Judged } from "../types";

export interface Judge {
  id: string;
  judged: Judged;
  refused: number;
}

export const sum = (by: Record<string, number> = {}) => Object.values(by).reduce((a, b) => a + b, 0);

/** The actors that judge, who refuses most first. */
export function judges(actors: ActorState[]): Judge[] {
  return actors
    .filter((a) => a.judged)
    .map((a) => ({ id: a.id, judged: a.judged!, refused: sum(a.judged!.refused) }))
    .sort((a, b) => b.refused - a.refused || a.id.localeCompare(b.id));
}

/** The reasons for which anything was refused, the most frequent first. */
export function reasons(all: Judge[]): string[] {
  const n: Record<string, number> = {};
  for (const j of all) for (const [why, times] of Object.entries(j.judged.refused ?? {})) n[why] = (n[why] ?? 0) + times;
  return Object.keys(n)
    .filter((why) => n[why]! > 0)
    .sort((a, b) => n[b]! - n[a]! || a.localeCompare(b));
}

/** A share in words that never says none where there is some: "0 %", "<0.1 %", "2.4 %". */
export function share(part: number, of: number): string {
  if (part === 0 || of === 0) return "0 %";
  const p = (100 * part) / of;
  return p < 0.1 ? "<0.1 %" : p < 9.95 ? p.toFixed(1) + " %" : Math.round(p) + " %";
}
