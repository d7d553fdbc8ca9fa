// A plan in words: what it does to what, the gravest first. Pure functions.

import type { Link, Planned, PlanResult } from "../answers";
import { end } from "../words";

export interface Group {
  id: string;
  sign: string; // beside each, said by the title too
  title: string;
  actors: Planned[];
  quiet: boolean; // shown when asked for
}

const rows: [string, string, string, boolean][] = [
  ["wait", "…", "Waits: no host is fit", false],
  ["stop", "−", "Stops", false],
  ["move", "→", "Moves", false],
  ["change", "~", "Changes where it runs", false],
  ["start", "+", "Starts", false],
  ["keep", "=", "Stays as it is", true],
];

/** An actor that stays where it is, but by another declaration, is started anew in place. */
const kindOf = (a: Planned) => (a.change === "keep" && a.difference === "changed" ? "change" : a.change);

export function groups(plan: PlanResult): Group[] {
  return rows.map(([id, sign, title, quiet]) => ({ id, sign, title, quiet, actors: plan.actors.filter((a) => kindOf(a) === id) })).filter((g) => g.actors.length > 0);
}

const verbs: Record<string, [string, string]> = { wait: ["waits", "wait"], stop: ["stops", "stop"], move: ["moves", "move"], change: ["changes", "change"], start: ["starts", "start"], keep: ["stays", "stay"] };

/** "3 start, 1 moves, 12 stay as they are" */
export function summary(plan: PlanResult): string {
  const parts = groups(plan).map((g) => `${g.actors.length} ${verbs[g.id]![g.actors.length === 1 ? 0 : 1]}`);
  return parts.join(", ");
}

/** Whether deploying it would do anything. */
export function idle(plan: PlanResult): boolean {
  return plan.actors.length > 0 && groups(plan).every((g) => g.id === "keep") && !plan.linksAdded?.length && !plan.linksRemoved?.length;
}

export function where(a: Planned): string {
  switch (kindOf(a)) {
    case "move":
      return `${a.from} to ${a.node}`;
    case "stop":
      return a.from ? "on " + a.from : "";
    case "wait":
      return a.from ? "now on " + a.from : "";
    default:
      return "on " + a.node;
  }
}

export const joined = (l: Link) => `${end(l.from)} > ${end(l.to)}`;
