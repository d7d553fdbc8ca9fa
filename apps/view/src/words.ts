// How numbers, times and names are written and spoken. Pure functions.

import type { ActorState, LinkState, NodeState } from "./types";

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

export const count = (n: number) => whole.format(n);

/** A rate: two digits that matter, never a jumping third. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return "0/s";
  if (perSecond < 0.095) return "<0.1/s";
  if (perSecond < 9.95) return perSecond.toFixed(1) + "/s";
  if (perSecond < 9999.5) return whole.format(perSecond) + "/s";
  return (perSecond / 1000).toFixed(0) + "k/s";
}

export function bytes(n: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let i = 0;
  while (n >= 999.5 && i < units.length - 1) (n /= 1000), i++;
  return (i === 0 || n >= 99.5 ? n.toFixed(0) : n.toFixed(1)) + " " + units[i];
}

export function clock(at: string): string {
  return new Date(at).toLocaleTimeString("en-GB");
}

export function day(at: string): string {
  return new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
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

/** The parts of an actor's name after its application: components, then its own. */
export function parts(id: string): { within: string; own: string } {
  const local = id.slice(id.indexOf(":") + 1).split(":");
  return { own: local[local.length - 1] ?? id, within: local.slice(0, -1).join(" ") };
}

export function local(id: string): string {
  return id.slice(id.indexOf(":") + 1).replaceAll(":", " ");
}

export const end = (e: { actor: string; port: string }) => local(e.actor) + "." + e.port;

/** The attributes of a node that tell people where it stands. */
export function place(n: NodeState): string {
  const address = Object.entries(n.attributes?.address ?? {}).map(([k, v]) => k + " " + v);
  const extra = Object.entries(n.attributes?.user_extra ?? {}).map(([k, v]) => k + " " + v);
  return [...address, ...extra].join(", ");
}

export type Fill = "refused" | "down" | "idle" | "flowing" | "filling" | "full";

/** What a link's colour says; the same word stands beside it. */
export function fill(l: LinkState): Fill {
  if (l.refused) return "refused";
  if (!l.up) return "down";
  const share = percent(l);
  if (share >= 90) return "full";
  if (share >= 50) return "filling";
  return l.perSecond > 0 || l.held > 0 ? "flowing" : "idle";
}

export const percent = (l: LinkState) => (l.window > 0 ? Math.round((100 * l.held) / l.window) : 0);

export const crosses = (l: LinkState) => !!l.fromNode && !!l.toNode && l.fromNode !== l.toNode;

/** The text on a link. */
export function label(l: LinkState): string {
  switch (fill(l)) {
    case "refused":
      return "refused";
    case "down":
      return "down";
    case "full":
    case "filling":
      return `${rate(l.perSecond)}, ${percent(l)}% full`;
    default:
      return rate(l.perSecond);
  }
}

export function spokenLink(l: LinkState): string {
  const state = l.refused
    ? "refused: " + l.refused
    : !l.up
      ? "down"
      : `${l.perSecond.toFixed(1)} tokens per second, queue ${percent(l)} percent`;
  const lock = crosses(l) ? (l.peer ? `, from ${l.fromNode} to ${l.toNode}, peer ${l.peer.name} verified` : `, from ${l.fromNode} to ${l.toNode}`) : "";
  return `Link ${end(l.from)} to ${end(l.to)}, ${state}${lock}`;
}

export function spokenActor(a: ActorState): string {
  const where = a.node ? "on " + a.node : "on no host";
  const errors = a.errors ? `, ${a.errors} errors` : "";
  return `Actor ${local(a.id)}, ${a.type} ${where}, ${a.state}, ${a.perSecond.toFixed(1)} firings per second${errors}`;
}

export function spokenHost(n: NodeState, actors: number): string {
  const where = place(n);
  return `Host ${n.id}${where ? ", " + where : ""}, ${n.up ? "up" : "down"}, ${actors} ${actors === 1 ? "actor" : "actors"}`;
}

/** What a LOINC or group code is called when the node says no name. */
export const named = (name: string, code: string) => name || code;

export const short = (address: string) => (address.length > 14 ? address.slice(0, 8) + "…" + address.slice(-4) : address);
