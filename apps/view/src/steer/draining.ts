// What draining a host would do, in words. Pure functions.

import type { Planned } from "../answers";

const actors = (n: number) => `${n} ${n === 1 ? "actor" : "actors"}`;
const of = (plan: Planned[], change: string) => plan.filter((a) => a.change === change).length;

/** Whether any actor would leave the host, or stop. */
export const moves = (plan: Planned[]) => plan.some((a) => a.change !== "keep");

/** What becomes of the actors: "3 actors go elsewhere, 11 actors can't leave". */
export function foreseen(plan: Planned[]): string {
  const [go, stay, wait] = [of(plan, "move"), of(plan, "keep"), of(plan, "wait")];
  if (plan.length === 0) return "No actor runs there";
  if (!moves(plan)) return `Nothing would move: ${stay === 1 ? "the one actor there" : `all ${actors(stay)} there`} can't leave`;
  const parts = [go && `${actors(go)} ${go === 1 ? "goes" : "go"} elsewhere`, stay && `${actors(stay)} can't leave`, wait && `${actors(wait)} would run nowhere`];
  return parts.filter(Boolean).join(", ") || "Nothing changes";
}
