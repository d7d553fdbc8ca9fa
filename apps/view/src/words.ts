// How numbers, times and names are written and spoken. Pure functions.

import type { ActorState, Judged, LinkState, NodeState, PeerState, RegisterState, SpoolState } from "./types";

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

/** A rate as it is spoken: as finely as it is written. */
export const spokenRate = (perSecond: number) => perSecond.toFixed(perSecond < 9.95 ? 1 : 0);

export function bytes(n: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let i = 0;
  while (n >= 999.5 && i < units.length - 1) (n /= 1000), i++;
  return (i === 0 || n >= 99.5 ? n.toFixed(0) : n.toFixed(1)) + " " + units[i];
}

export function clock(at: string): string {
  return new Date(at).toLocaleTimeString("en-GB");
}

/** The parts of an actor's name after its application: components, then its own. */
export function parts(id: string): { within: string; own: string } {
  const local = id.slice(id.indexOf(":") + 1).split(":");
  const own = local.pop() ?? id;
  // Package expand calls a spool after the port before it, and a checksum.
  return { own: own.replace(/^(.+)~(\w+)~[0-9a-f]+$/, "spool of $1.$2"), within: local.join(" ") };
}

export function local(id: string): string {
  const { within, own } = parts(id);
  return within ? within + " " + own : own;
}

export const end = (e: { actor: string; port: string }) => local(e.actor) + "." + e.port;

/** The attributes of a node that tell people where it stands. */
export function place(n: NodeState): string {
  const address = Object.entries(n.attributes?.address ?? {}).map(([k, v]) => k + " " + v);
  const extra = Object.entries(n.attributes?.user_extra ?? {}).map(([k, v]) => k + " " + v);
  return [...address, ...extra].join(", ");
}

export type Condition = "up" | "suspected" | "draining" | "leaving" | "down";

/** How a host is, the worst first: as package control's Condition. */
export function condition(n: NodeState): Condition {
  if (!n.up) return "down";
  if (n.suspected) return "suspected";
  if (n.leaving) return "leaving";
  return n.draining ? "draining" : "up";
}

/** How many voters may still fail. */
export function mayLose(r: RegisterState): string {
  if (r.voters.length === 1) return "the only voter";
  const n = r.mayLose === 0 ? "none" : r.mayLose === 1 ? "one" : count(r.mayLose);
  return `${r.voters.length} voters, ${n} may fail`;
}

/** Seconds as people say them, in the largest unit. */
export function ago(seconds: number): string {
  if (seconds < 60) return seconds.toFixed(0) + " s";
  if (seconds < 3600) return (seconds / 60).toFixed(0) + " min";
  return seconds < 172800 ? (seconds / 3600).toFixed(0) + " h" : (seconds / 86400).toFixed(0) + " days";
}

/** What waits on disk. */
export function onDisk(s: SpoolState): string {
  return s.tokens === 0 ? "nothing on disk" : `${count(s.tokens)} on disk, oldest ${ago(s.oldest ?? 0)}`;
}

/** What stands under an actor's name: its type, and what is special about it. */
export function kindOf(a: ActorState): string {
  const more = [];
  if (a.replica) more.push(a.replica.ending ? `replica ${a.replica.number}, ending` : `replica ${a.replica.number}${a.replicas ? " of " + a.replicas : ""}`);
  if (a.pinned) more.push("moved by hand");
  if (a.exclusive) more.push("exclusive");
  return [a.type, ...more].join(" · ");
}

/** Lines at the foot of a card: why a shadow is one, what waits on disk. */
export function notes(a: ActorState): string[] {
  if (a.spool) return [onDisk(a.spool)];
  const why = a.node ? [] : (a.why ?? []);
  return why.length > 3 ? [...why.slice(0, 2), `and ${why.length - 2} more`] : why;
}

export type Fill = "refused" | "down" | "closing" | "idle" | "flowing" | "filling" | "full";

/** What a link's colour says; the same word stands beside it. */
export function fill(l: LinkState): Fill {
  if (l.refused) return "refused";
  if (!l.up) return "down";
  if (l.closing) return "closing";
  const share = percent(l);
  if (share >= 90) return "full";
  if (share >= 50) return "filling";
  return l.perSecond > 0 || l.held > 0 ? "flowing" : "idle";
}

export const percent = (l: LinkState) => (l.window > 0 ? Math.round((100 * l.held) / l.window) : 0);

export const crosses = (l: LinkState) => !!l.fromNode && !!l.toNode && l.fromNode !== l.toNode;

/** How many readings an actor that judges has refused, for whatever reason. */
export function refusedBy(j: Judged | undefined): number {
  let n = 0;
  for (const reason in j?.refused) n += j.refused[reason]!;
  return n;
}

/** The text on a link. */
export function label(l: LinkState): string {
  if (l.spool?.tokens && !l.refused) return count(l.spool.tokens) + " on disk";
  switch (fill(l)) {
    case "refused":
      return "refused";
    case "down":
      return "down";
    case "closing":
      return "closing";
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
      : `${spokenRate(l.perSecond)} tokens per second, queue ${percent(l)} percent`;
  const disk = (l.spool ? ", " + onDisk(l.spool) : "") + (l.closing ? ", closing" : "");
  const lock = crosses(l) ? (l.peer ? `, from ${l.fromNode} to ${l.toNode}, peer ${l.peer.name} verified` : `, from ${l.fromNode} to ${l.toNode}`) : "";
  return `Link ${end(l.from)} to ${end(l.to)}, ${state}${disk}${lock}`;
}

export function spokenActor(a: ActorState): string {
  const where = a.node ? "on " + a.node : "on no host";
  const errors = a.errors ? `, ${a.errors} errors` : "";
  const waits = a.node ? "" : `, because ${(a.why ?? []).join("; ")}`;
  return `Actor ${local(a.id)}, ${kindOf(a).replaceAll(" ·", ",")} ${where}, ${a.state}, ${spokenRate(a.perSecond)} firings per second${errors}${waits}`;
}

export function spokenHost(n: NodeState, actors: number): string {
  const where = place(n);
  return `Host ${n.id}${where ? ", " + where : ""}, ${condition(n)}, ${actors} ${actors === 1 ? "actor" : "actors"}`;
}

/** How busy a host is, how far its peers are, and its clock: as far as it is known. */
export function hostFacts(n: NodeState): string {
  const f = n.facts;
  if (!n.up) return "";
  const out: string[] = [];
  const [cpu, memory] = f ? [f.cpu, f.memory ? (f.memoryUsed ?? 0) / f.memory : undefined] : [n.load?.cpuUsed, n.load?.memoryUsed];
  if (cpu !== undefined) out.push(`CPU ${Math.round(100 * cpu)}%`);
  if (memory !== undefined) out.push(`memory ${Math.round(100 * memory)}%`);
  if (f?.peers?.length) out.push(peersOf(f.peers));
  if (f && Math.abs(f.skew) >= 0.05) out.push(`clock ${skew(f.skew)}`);
  return out.join(" · ");
}

function peersOf(peers: PeerState[]): string {
  const near = peers.filter((p) => !p.why);
  const far = near.length ? ", " + millis(Math.max(...near.map((p) => p.rtt))) : "";
  return near.length === peers.length ? `${peers.length} ${peers.length === 1 ? "peer" : "peers"}${far}` : `${near.length} of ${peers.length} peers${far}`;
}

/** Seconds below one as people say them: "0.4 ms", "12 ms", "1.5 s". */
export function millis(seconds: number): string {
  const ms = Math.abs(seconds) * 1000;
  return ms < 9.95 ? ms.toFixed(1) + " ms" : ms < 999.5 ? ms.toFixed(0) + " ms" : (ms / 1000).toFixed(1) + " s";
}

/** How far a clock is from the others': "12 ms ahead". */
export const skew = (seconds: number) => (Math.abs(seconds) < 0.0005 ? "as the others" : `${millis(seconds)} ${seconds > 0 ? "ahead" : "behind"}`);

export const short = (address: string) => (address.length > 14 ? address.slice(0, 8) + "…" + address.slice(-4) : address);
