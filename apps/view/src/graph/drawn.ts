// What is drawn of a snapshot. A few actors are drawn one by one; of many, those
// of one component on one host become one card, or all of an application on a
// host, and the links between two cards one line. Pure functions.

import type { ActorState, Endpoint, LinkState, NodeState, State } from "../types";
import { fill, refusedBy, type Fill } from "../words";

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
  actors: readonly ActorState[];
  groups: readonly Group[];
  links: readonly LinkState[];
  bundles: readonly Bundle[];
  inside: Map<string, string>; // the card that an actor is on
}

const worst: State[] = ["running", "starting", "waiting", "stopped", "faulted", "shadow"];
const bad: Fill[] = ["idle", "flowing", "closing", "filling", "full", "down", "refused"];

/** How closely to look at so many. */
export function level(actors: readonly ActorState[], nodes: readonly NodeState[]): Level {
  if (actors.length <= many) return "actors";
  return keys(actors, "components") <= many ? "components" : keys(actors, "hosts") < actors.length || nodes.length > 0 ? "hosts" : "actors";
}

const keys = (actors: readonly ActorState[], at: Level) => new Set(actors.map((a) => groupOf(a, at))).size;

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

/** Who stands on which card, and which links are one line, by their places in the
 *  lists: all of a drawing that stays while only figures change. */
export interface Arranged {
  actors: number[]; // with a card of their own
  groups: { id: string; of: number[]; in: string[]; out: string[] }[];
  links: number[]; // with a line of their own
  bundles: { id: string; of: number[]; from: Endpoint; to: Endpoint }[];
  inside: Map<string, string>; // the card that an actor is on
}

/** What to draw at a level, with the cards in open drawn a level closer. */
export const draw = (actors: readonly ActorState[], links: readonly LinkState[], at: Level, open: ReadonlySet<string>): Drawn => figures(arrange(actors, links, at, open), actors, links);

/** Puts actors on cards: of an actor only its id, application and node count, of a
 *  link only its ends. */
export function arrange(actors: readonly ActorState[], links: readonly LinkState[], at: Level, open: ReadonlySet<string>): Arranged {
  const out: Arranged = { actors: [], groups: [], links: [], bundles: [], inside: new Map() };
  const found = new Map<string, number[]>();
  actors.forEach((a, i) => {
    let id = groupOf(a, at);
    if (at === "hosts" && open.has(id)) id = groupOf(a, "components");
    if (open.has(id)) id = a.id;
    out.inside.set(a.id, id);
    const others = found.get(id);
    if (others) others.push(i);
    else found.set(id, [i]);
  });
  for (const [id, of] of found) {
    if (of.length > 1) {
      out.groups.push({ id, of, in: [], out: [] });
      continue;
    }
    out.actors.push(of[0]!);
    const alone = actors[of[0]!]!.id;
    out.inside.set(alone, alone);
  }
  join(out, links);
  return out;
}

/** Sorts the links into those drawn one by one, and bundles between groups. What
 *  stays within a group is not drawn. */
function join(out: Arranged, links: readonly LinkState[]) {
  const groups = new Map(out.groups.map((g) => [g.id, g]));
  const bundles = new Map<string, Arranged["bundles"][number]>();
  links.forEach((l, i) => {
    const [from, to] = [out.inside.get(l.from.actor), out.inside.get(l.to.actor)];
    if (from === undefined || to === undefined) return;
    const [giver, taker] = [groups.get(from), groups.get(to)];
    if (!giver && !taker) {
      out.links.push(i);
      return;
    }
    if (from === to) return;
    if (giver && giver.out.length === 0) giver.out.push("out");
    if (taker && taker.in.length === 0) taker.in.push("in");
    const [ends, id] = ports(from, giver ? "out" : l.from.port, to, taker ? "in" : l.to.port);
    const known = bundles.get(id);
    if (known) known.of.push(i);
    else bundles.set(id, { id, of: [i], ...ends });
  });
  out.bundles = [...bundles.values()];
}

const ports = (from: string, out: string, to: string, into: string) => [{ from: { actor: from, port: out }, to: { actor: to, port: into } }, `${from} ${out} > ${to} ${into}`] as const;

/** What to draw of the same lists as they are now. */
export function figures(how: Arranged, actors: readonly ActorState[], links: readonly LinkState[]): Drawn {
  return {
    actors: how.actors.map((i) => actors[i]!),
    groups: how.groups.map((g) => sum(g, g.of.map((i) => actors[i]!))),
    links: how.links.map((i) => links[i]!),
    bundles: how.bundles.map((b) => {
      const of = b.of.map((i) => links[i]!);
      return { id: b.id, links: of, sum: total(b.id, of, b.from, b.to) };
    }),
    inside: how.inside,
  };
}

function sum(as: Arranged["groups"][number], members: ActorState[]): Group {
  const first = members[0]!;
  const local = as.id.slice(as.id.indexOf(" ") + 1 + first.app.length + 1);
  const g: Group = { id: as.id, app: first.app, node: first.node ?? "", name: local || first.app, members, state: "running", well: 0, perSecond: 0, errors: 0, refused: 0, in: as.in, out: as.out };
  for (const a of members) {
    if (a.state === "running") g.well++;
    else if (worst.indexOf(a.state) > worst.indexOf(g.state)) g.state = a.state;
    g.perSecond += a.perSecond;
    g.errors += a.errors;
    g.refused += refusedBy(a.judged);
  }
  return g;
}

function total(id: string, links: LinkState[], from: Endpoint, to: Endpoint): LinkState {
  let top = links[0]!; // the one that needs a person most
  let most = bad.indexOf(fill(top));
  for (const l of links) {
    const much = bad.indexOf(fill(l));
    if (much > most || (much === most && l.held / l.window > top.held / top.window)) [top, most] = [l, much];
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
