// The shape of a drawing: what stands on which host, with how many ports, joined
// how. Rates and states are no part of it, so nothing jumps while tokens flow.

import type { ActorState, NodeState } from "../types";
import { kindOf, notes, parts } from "../words";
import type { Drawn } from "./drawn";
import { textWidth } from "./text";

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  width: number;
  height: number;
}

export interface Route {
  points: Point[];
  label: Box;
}

export interface Layout {
  width: number;
  height: number;
  hosts: Map<string, Box>; // by node; "" is for actors that are nowhere
  cards: Map<string, Box>; // by actor or group
  routes: Map<string, Route>; // by link or bundle
}

export interface CardShape {
  id: string;
  node: string;
  in: string[];
  out: string[];
  rows: number;
  width: number;
}

export interface Shape {
  hosts: string[];
  cards: CardShape[];
  links: { id: string; from: string; to: string; label: number }[];
}

// Sizes of a card, which Card.svelte draws by.
export const HEAD = 44; // name and type
export const ROW = 18; // one port, or one line of what it judges by or of notes
export const HOST_HEAD = 78;

export const inPort = (card: string, port: string) => `${card} in ${port}`;
export const outPort = (card: string, port: string) => `${card} out ${port}`;

/** What of a drawing decides where things stand. */
export function shape(nodes: NodeState[], drawn: Drawn): Shape {
  const cards = [...drawn.actors.map(cardOf), ...drawn.groups.map((g): CardShape => ({ id: g.id, node: g.node, in: g.in, out: g.out, rows: 1, width: Math.max(190, Math.round(textWidth(g.name, 13, 600)) + 92) }))];
  const hosts = nodes.map((n) => n.id);
  const known = new Set(hosts);
  hosts.push(...[...new Set(cards.map((c) => c.node).filter((n) => !known.has(n)))].sort());
  const ports = new Set(cards.flatMap((c) => [...c.in.map((p) => inPort(c.id, p)), ...c.out.map((p) => outPort(c.id, p))]));
  const lines = [...drawn.links, ...drawn.bundles.map((b) => b.sum)];
  const several = new Set(drawn.bundles.filter((b) => b.links.length > 1).map((b) => b.id));
  return {
    hosts,
    cards,
    links: lines
      .map((l) => ({ id: l.id, from: outPort(l.from.actor, l.from.port), to: inPort(l.to.actor, l.to.port), label: (l.fromNode === l.toNode ? 56 : 76) + (several.has(l.id) ? 44 : 0) }))
      .filter((l) => ports.has(l.from) && ports.has(l.to)),
  };
}

function cardOf(a: ActorState): CardShape {
  return { id: a.id, node: a.node ?? "", in: a.in ?? [], out: a.out ?? [], rows: (a.judged ? 1 : 0) + notes(a).length, width: cardWidth(a) };
}

// Widths come in steps, so that cards over one another mostly share both edges.
function cardWidth(a: ActorState): number {
  const { within, own } = parts(a.id);
  const head = textWidth(own, 13, 600) + (within ? textWidth(within + " ", 13, 400) : 0) + 92;
  const ports = Math.max(0, ...(a.in ?? []).map((p) => textWidth(p, 11, 400))) + Math.max(0, ...(a.out ?? []).map((p) => textWidth(p, 11, 400))) + 44;
  const least = Math.max(180, head, ports, textWidth(kindOf(a), 11, 400) + 60, a.judged ? 190 : 0, a.node ? 0 : 280);
  return Math.min(280, Math.ceil(least / 20) * 20);
}

export const cardHeight = (c: { in: string[]; out: string[]; rows: number }) => HEAD + ROW * (Math.max(c.in.length, c.out.length) + c.rows) + 10;

/** Where the middle of port i of a card is, from the card's top. */
export const portAt = (i: number) => HEAD + ROW * i + ROW / 2 + 2;

/** A route as a path with rounded corners. */
export function rounded(points: Point[], radius = 7): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let d = `M${first.x} ${first.y}`;
  for (let i = 0; i < rest.length; i++) {
    const at = rest[i]!;
    const next = rest[i + 1];
    if (!next) {
      d += `L${at.x} ${at.y}`;
      break;
    }
    const before = toward(at, i === 0 ? first : rest[i - 1]!, radius);
    const after = toward(at, next, radius);
    d += `L${before.x} ${before.y}Q${at.x} ${at.y} ${after.x} ${after.y}`;
  }
  return d;
}

/** The point at most r from a on the way to b, and not past the middle. */
function toward(a: Point, b: Point, r: number): Point {
  const long = Math.hypot(b.x - a.x, b.y - a.y);
  const share = long === 0 ? 0 : Math.min(r, long / 2) / long;
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };
}
