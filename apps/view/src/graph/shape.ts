// Places, and the sizes that cards are drawn by.

import type { ActorState } from "../types";
import { notes } from "../words";

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

// Sizes of a card, which Card.svelte draws by.
export const HEAD = 44; // name and type
export const ROW = 18; // one port, or one line of what it judges by or of notes
export const HOST_HEAD = 78;

/** The rows of a card under its ports. */
export const rowsOf = (a: ActorState) => (a.judged ? 1 : 0) + notes(a).length;

/** Whether a card is so low that its port stands beside its type: that of a source
 *  with nothing more to say. Of them there are most. */
export const low = (c: { in?: string[]; out?: string[]; rows: number }) => !c.in?.length && c.out?.length === 1 && c.rows === 0;

/** Where the middle of port i of a card is, from the card's top. */
export const portAt = (i: number, low = false) => (low ? 33 : HEAD + ROW * i + ROW / 2 + 2);

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
