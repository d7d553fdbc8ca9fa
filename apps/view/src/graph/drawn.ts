// What is drawn of a snapshot. A few actors are drawn one by one; of many, those
// of one component on one host become one card, or all of an application on a
// host, and the links between two cards one line. Pure functions.

import type { ActorState, LinkState, NodeState, State } from "../types";
import { fill, type Fill } from "../words";

/** Above so many actors, cards stand for several. */
export const many = 150;

export type Level = "actors" | "components" | "hosts";

/** One card for several actors. Sums are over its members. */
export interface Group {
  id: string;
  app: string;
  node: string; // "": no host
  name: string; // of the component; or of the application, for all of it on a host
  members: ActorState[];
  state: State; // the worst of theirs
  well: number; // how many run
  perSecond: number; // firings
  errors: number;
  refused: number; // readings
  in: string[];
  out: string[];
}

/** One line for the links between two cards, as a link with their sums. */
export interface Bundle {
  id: string;
  links: LinkState[];
  sum: LinkState; // its window is that of the fullest
}

export interface Drawn {
  actors: ActorState[];
  groups: Group[];
  links: LinkState[];
  bundles: Bundle[];
  inside: Map<string, string>; // the card that an actor is on
}

const worst: State[] = ["running", "starting", "waiting", "stopped", "faulted", "shadow"];
const bad: Fill[] = ["idle", "flowing", "closing", "filling", "full", "down", "refused"];

/** How closely to look at so many. */
export function level(actors: ActorState[], nodes: NodeState[]): Level {
  if (actors.length <= many) return "actors";
  return keys(actors, "components") <= many ? "components" : keys(actors, "hosts") < actors.length || nodes.length > 0 ? "hosts" : "actors";
}

const keys = (actors: ActorState[], at: Level) => new Set(actors.map((a) => groupOf(a, at))).size;

/** The component that an actor is in, or "". */
const component = (id: string) => id.slice(id.indexOf(":") + 1, Math.max(id.indexOf(":") + 1, id.lastIndexOf(":"))).split(":")[0] ?? "";

/** The card of a level that an actor belongs on. */
function groupOf(a: ActorState, at: Level): string {
  if (at === "actors") return a.id;
  const host = `${a.node ?? ""} ${a.app}`;
  if (at === "hosts") return host;
  const c = component(a.id);
  return c ? `${host}:${c}` : a.id;
}

/** What to draw at a level, with the cards in open drawn a level closer. */
export function draw(actors: ActorState[], links: LinkState[], at: Level, open: ReadonlySet<string>): Drawn {
  const inside = new Map<string, string>();
  const found = new Map<string, ActorState[]>();
  for (const a of actors) {
    let id = groupOf(a, at);
    if (at === "hosts" && open.has(id)) id = groupOf(a, "components");
    if (open.has(id)) id = a.id;
    inside.set(a.id, id);
    const others = found.get(id);
    if (others) others.push(a);
    else found.set(id, [a]);
  }
  const out: Drawn = { actors: [], groups: [], links: [], bundles: [], inside };
  for (const [id, members] of found) {
    if (members.length > 1) out.groups.push(sum(id, members));
    else {
      out.actors.push(members[0]!);
      inside.set(members[0]!.id, members[0]!.id);
    }
  }
  join(out, links);
  return out;
}

function sum(id: string, members: ActorState[]): Group {
  const first = members[0]!;
  const local = id.slice(id.indexOf(" ") + 1 + first.app.length + 1);
  const g: Group = { id, app: first.app, node: first.node ?? "", name: local || first.app, members, state: "running", well: 0, perSecond: 0, errors: 0, refused: 0, in: [], out: [] };
  for (const a of members) {
    if (worst.indexOf(a.state) > worst.indexOf(g.state)) g.state = a.state;
    if (a.state === "running") g.well++;
    g.perSecond += a.perSecond;
    g.errors += a.errors;
    for (const n of Object.values(a.judged?.refused ?? {})) g.refused += n;
  }
  return g;
}

/** Sorts the links into those drawn one by one, and bundles between groups. What
 *  stays within a group is not drawn. */
function join(out: Drawn, links: LinkState[]) {
  const groups = new Map(out.groups.map((g) => [g.id, g]));
  const bundles = new Map<string, LinkState[]>();
  for (const l of links) {
    const [from, to] = [out.inside.get(l.from.actor), out.inside.get(l.to.actor)];
    if (from === undefined || to === undefined) continue;
    const [giver, taker] = [groups.get(from), groups.get(to)];
    if (!giver && !taker) {
      out.links.push(l);
      continue;
    }
    if (from === to) continue;
    if (giver && giver.out.length === 0) giver.out.push("out");
    if (taker && taker.in.length === 0) taker.in.push("in");
    const id = `${from} ${giver ? "out" : l.from.port} > ${to} ${taker ? "in" : l.to.port}`;
    const others = bundles.get(id);
    if (others) others.push(l);
    else bundles.set(id, [l]);
  }
  for (const [id, of] of bundles) {
    const [from, to] = [out.inside.get(of[0]!.from.actor)!, out.inside.get(of[0]!.to.actor)!];
    out.bundles.push({ id, links: of, sum: total(id, of, { actor: from, port: groups.has(from) ? "out" : of[0]!.from.port }, { actor: to, port: groups.has(to) ? "in" : of[0]!.to.port }) });
  }
}

function total(id: string, links: LinkState[], from: LinkState["from"], to: LinkState["to"]): LinkState {
  let top = links[0]!; // the one that needs a person most
  for (const l of links) {
    const [a, b] = [bad.indexOf(fill(l)), bad.indexOf(fill(top))];
    if (a > b || (a === b && l.held / l.window > top.held / top.window)) top = l;
  }
  const { spool: _, ...rest } = top;
  const out: LinkState = { ...rest, id, from, to, tokens: 0, bytes: 0, perSecond: 0 };
  for (const l of links) {
    out.tokens += l.tokens;
    out.bytes += l.bytes;
    out.perSecond += l.perSecond;
  }
  return out;
}
