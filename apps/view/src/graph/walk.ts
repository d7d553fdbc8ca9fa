// With the arrow keys through the graph: along its links, over its cards, from
// host to host. Pure: from where one is and the key to where one gets.

import type { Drawn } from "./drawn";
import type { Layout } from "./shape";

/** A thing that can have the keyboard: "host ward", "card ward:bed1:hr", "line …". */
export type Place = string;

interface Line {
  id: string;
  from: string;
  to: string;
}

export const hostAt = (id: string): Place => "host " + id;
export const cardAt = (id: string): Place => "card " + id;
export const lineAt = (id: string): Place => "line " + id;

/** Where a key leads from a place, or undefined. Right and left go along links:
 *  from a giver over its link to the taker, and back; from a host into it. Up and
 *  down go to the neighbour of the same kind. */
export function walk(from: Place, key: string, d: Drawn, l: Layout): Place | undefined {
  const kind = from.slice(0, 4);
  const id = from.slice(5);
  if (kind === "line") return alongLine(id, key, lines(d, l));
  if (kind === "card") return alongCard(id, key, d, l);
  return alongHost(id, key, l);
}

const lines = (d: Drawn, l: Layout): Line[] =>
  [...d.links, ...d.bundles.map((b) => b.sum)].filter((x) => l.routes.has(x.id)).map((x) => ({ id: x.id, from: x.from.actor, to: x.to.actor }));

function alongLine(id: string, key: string, all: Line[]): Place | undefined {
  const at = all.find((x) => x.id === id);
  if (!at) return undefined;
  if (key === "ArrowRight") return cardAt(at.to);
  if (key === "ArrowLeft") return cardAt(at.from);
  // The others of the same giver; if it has but this one, those of the same taker.
  let beside = all.filter((x) => x.from === at.from);
  if (beside.length < 2) beside = all.filter((x) => x.to === at.to);
  return lineAt(turn(beside, beside.indexOf(at), key).id);
}

function alongCard(id: string, key: string, d: Drawn, l: Layout): Place | undefined {
  const all = lines(d, l);
  const box = l.cards.get(id);
  if (!box) return undefined;
  if (key === "ArrowRight") {
    const out = all.find((x) => x.from === id);
    return out && lineAt(out.id);
  }
  if (key === "ArrowLeft") {
    const into = all.find((x) => x.to === id);
    return into ? lineAt(into.id) : hostOf(id, l);
  }
  const cards = [...l.cards].sort(([, a], [, b]) => a.x - b.x || a.y - b.y).map(([c]) => c);
  return cardAt(turn(cards, cards.indexOf(id), key));
}

function hostOf(card: string, l: Layout): Place | undefined {
  const c = l.cards.get(card);
  for (const [id, h] of l.hosts) if (c && c.x >= h.x && c.y >= h.y && c.x < h.x + h.width && c.y < h.y + h.height) return hostAt(id);
  return undefined;
}

function alongHost(id: string, key: string, l: Layout): Place | undefined {
  const hosts = [...l.hosts.keys()].filter((h) => h !== "");
  if (key === "ArrowRight") {
    const card = [...l.cards.keys()].find((c) => hostOf(c, l) === hostAt(id));
    return card && cardAt(card);
  }
  return key === "ArrowLeft" ? undefined : hostAt(turn(hosts, hosts.indexOf(id), key));
}

/** The next of a ring, downwards, or the one before. */
function turn<T>(ring: T[], at: number, key: string): T {
  return ring[(at + (key === "ArrowUp" ? ring.length - 1 : 1)) % ring.length]!;
}
