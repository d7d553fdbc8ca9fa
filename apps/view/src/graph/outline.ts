// The outline of a drawing: what stands on which host, with how many ports, joined
// how. Rates and states are no part of it, so nothing jumps while tokens flow. It
// comes with the layout, which is made of it.

import type { ActorState, LinkState, NodeState } from "../types";
import { kindOf, parts } from "../words";
import type { Drawn, Group } from "./drawn";
import { HEAD, low, ROW, rowsOf } from "./shape";
import { alike, steady } from "./steady";
import { textWidth } from "./text";

export interface CardShape {
  id: string;
  node: string;
  in: string[];
  out: string[];
  rows: number;
  width: number;
}

export interface LineShape {
  id: string;
  from: string;
  to: string;
  label: number;
}

export interface Shape {
  hosts: readonly string[];
  cards: readonly CardShape[];
  links: readonly LineShape[];
}

export const inPort = (card: string, port: string) => `${card} in ${port}`;
export const outPort = (card: string, port: string) => `${card} out ${port}`;

/** Tells what of a drawing decides where things stand, and gives the same object
 *  as long as that is the same. */
export function shaper(): (nodes: readonly NodeState[], drawn: Drawn) => Shape {
  const port = (names: string[] | undefined) => names?.join(" ");
  const keep = { hosts: steady<string>((a, b) => a === b), cards: steady(alike<CardShape>({ in: port, out: port })), links: steady(alike<LineShape>({})) };
  let last: Shape | undefined;
  return (nodes, drawn) => {
    const s = shape(nodes, drawn);
    const now: Shape = { hosts: keep.hosts(s.hosts), cards: keep.cards(s.cards), links: keep.links(s.links) };
    if (!last || last.hosts !== now.hosts || last.cards !== now.cards || last.links !== now.links) last = now;
    return last;
  };
}

function shape(nodes: readonly NodeState[], drawn: Drawn): Shape {
  const cards = [...drawn.actors.map(cardOf), ...drawn.groups.map(groupOf)];
  const hosts = nodes.map((n) => n.id);
  const known = new Set(hosts);
  hosts.push(...[...new Set(cards.map((c) => c.node).filter((n) => !known.has(n)))].sort());
  const ports = new Set<string>();
  for (const c of cards) {
    for (const p of c.in) ports.add(inPort(c.id, p));
    for (const p of c.out) ports.add(outPort(c.id, p));
  }
  const links = [...drawn.links.map((l) => lineOf(l, 1)), ...drawn.bundles.map((b) => lineOf(b.sum, b.links.length))];
  return { hosts, cards, links: links.filter((l) => ports.has(l.from) && ports.has(l.to)) };
}

// What looks as it did is the same object, and is measured once.
const measured = new WeakMap<ActorState, CardShape>();

function cardOf(a: ActorState): CardShape {
  let c = measured.get(a);
  if (!c) measured.set(a, (c = { id: a.id, node: a.node ?? "", in: a.in ?? [], out: a.out ?? [], rows: rowsOf(a), width: cardWidth(a) }));
  return c;
}

const groupOf = (g: Group): CardShape => ({ id: g.id, node: g.node, in: g.in, out: g.out, rows: 1, width: Math.max(190, Math.round(textWidth(g.name, 13, 600)) + 92) });

const lineOf = (l: LinkState, links: number): LineShape => ({
  id: l.id,
  from: outPort(l.from.actor, l.from.port),
  to: inPort(l.to.actor, l.to.port),
  label: (l.fromNode === l.toNode ? 56 : 76) + (links > 1 ? 44 : 0),
});

// Widths come in steps, so that cards over one another mostly share both edges.
function cardWidth(a: ActorState): number {
  const { within, own } = parts(a.id);
  const head = textWidth(own, 13, 600) + (within ? textWidth(within + " ", 13, 400) : 0) + 92;
  const ports = Math.max(0, ...(a.in ?? []).map((p) => textWidth(p, 11, 400))) + Math.max(0, ...(a.out ?? []).map((p) => textWidth(p, 11, 400))) + 44;
  const kind = textWidth(kindOf(a), 11, 400) + (low({ ...a, rows: rowsOf(a) }) ? 16 + ports : 60);
  const least = Math.max(180, head, ports, kind, a.judged ? 190 : 0, a.node ? 0 : 280);
  return Math.min(280, Math.ceil(least / 20) * 20);
}

export const cardHeight = (c: CardShape) => (low(c) ? HEAD + 6 : HEAD + ROW * (Math.max(c.in.length, c.out.length) + c.rows) + 10);
