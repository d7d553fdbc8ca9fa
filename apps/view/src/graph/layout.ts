// Where everything stands: a snapshot's shape goes to ELK in a worker, places
// come back. Rates and states are no part of the shape, so nothing jumps while
// tokens flow.

import type { ELK, ElkNode, ElkPort } from "elkjs/lib/elk-api";
import type { ActorState, LinkState, NodeState } from "../types";
import { kindOf, notes, parts } from "../words";
import { textWidth } from "./text";

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface Route {
  points: Point[];
  label: Box;
}

export interface Layout {
  width: number;
  height: number;
  hosts: Map<string, Box>; // by node; "" is for actors that are nowhere
  cards: Map<string, Box>; // by actor
  routes: Map<string, Route>; // by link
}

export interface Shape {
  hosts: string[];
  cards: { id: string; node: string; in: string[]; out: string[]; rows: number; width: number }[];
  links: { id: string; from: string; to: string; label: number }[];
}

// Sizes of a card, which Card.svelte draws by.
export const HEAD = 44; // name and type
export const ROW = 18; // one port, or one line of what it judges by or of notes
export const HOST_HEAD = 58;
const LABEL = 20;

const inPort = (actor: string, port: string) => `${actor} in ${port}`;
const outPort = (actor: string, port: string) => `${actor} out ${port}`;

/** What of a snapshot decides where things stand. */
export function shape(nodes: NodeState[], actors: ActorState[], links: LinkState[]): Shape {
  const known = new Set(nodes.map((n) => n.id));
  const hosts = nodes.map((n) => n.id);
  const away = new Set(actors.map((a) => a.node ?? "").filter((n) => !known.has(n)));
  hosts.push(...[...away].sort());
  const ports = new Set(actors.flatMap((a) => [...(a.in ?? []).map((p) => inPort(a.id, p)), ...(a.out ?? []).map((p) => outPort(a.id, p))]));
  return {
    hosts,
    cards: actors.map((a) => ({
      id: a.id,
      node: a.node ?? "",
      in: a.in ?? [],
      out: a.out ?? [],
      rows: (a.judged ? 1 : 0) + notes(a).length,
      width: cardWidth(a),
    })),
    links: links
      .map((l) => ({ id: l.id, from: outPort(l.from.actor, l.from.port), to: inPort(l.to.actor, l.to.port), label: l.fromNode === l.toNode ? 56 : 76 }))
      .filter((l) => ports.has(l.from) && ports.has(l.to)),
  };
}

function cardWidth(a: ActorState): number {
  const { within, own } = parts(a.id);
  const head = textWidth(own, 13, 600) + (within ? textWidth(within + " ", 13, 400) : 0) + 92;
  const ports = Math.max(0, ...(a.in ?? []).map((p) => textWidth(p, 11, 400))) + Math.max(0, ...(a.out ?? []).map((p) => textWidth(p, 11, 400))) + 44;
  return Math.round(Math.min(280, Math.max(158, head, ports, textWidth(kindOf(a), 11, 400) + 60, a.judged ? 190 : 0, a.node ? 0 : 280)));
}

export const cardHeight = (c: { in: string[]; out: string[]; rows: number }) => HEAD + ROW * (Math.max(c.in.length, c.out.length) + c.rows) + 10;

/** Where the middle of port i of a card is, from the card's top. */
export const portAt = (i: number) => HEAD + ROW * i + ROW / 2 + 2;

// Bed 1 stands above bed 2: within a layer, cards keep the order of the list.
const inOrder = { "elk.layered.crossingMinimization.semiInteractive": "true" };

/** The graph as ELK wants it. Order false lets it choose the order of cards. */
export function graph(s: Shape, order: boolean): ElkNode {
  const place = new Map(s.cards.map((c, i) => [c.id, `(0,${i * 100})`]));
  return {
    id: "root",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": "RIGHT",
      "elk.hierarchyHandling": "INCLUDE_CHILDREN",
      "elk.json.edgeCoords": "ROOT",
      "elk.edgeRouting": "ORTHOGONAL",
      ...(order ? inOrder : {}),
      "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
      "elk.layered.nodePlacement.favorStraightEdges": "true",
      "elk.layered.spacing.nodeNodeBetweenLayers": "26",
      "elk.layered.spacing.edgeNodeBetweenLayers": "14",
      "elk.spacing.nodeNode": "14",
      "elk.spacing.edgeNode": "14",
      "elk.spacing.edgeEdge": "12",
      "elk.spacing.edgeLabel": "4",
      "elk.padding": "[top=12,left=12,bottom=12,right=12]",
    },
    children: s.hosts.map((host) => ({
      id: "host " + host,
      layoutOptions: { ...(order ? inOrder : {}), "elk.padding": `[top=${HOST_HEAD},left=20,bottom=20,right=20]`, "elk.nodeSize.constraints": "MINIMUM_SIZE", "elk.nodeSize.minimum": "(240,120)" },
      children: s.cards
        .filter((c) => c.node === host)
        .map((c) => ({
          id: c.id,
          width: c.width,
          height: cardHeight(c),
          layoutOptions: { "elk.portConstraints": "FIXED_POS", "elk.position": place.get(c.id)! },
          ports: [...c.in.map((p, i) => port(inPort(c.id, p), 0, i, "WEST")), ...c.out.map((p, i) => port(outPort(c.id, p), c.width, i, "EAST"))],
        })),
    })),
    edges: s.links.map((l) => ({
      id: l.id,
      sources: [l.from],
      targets: [l.to],
      labels: [{ text: "rate", width: l.label, height: LABEL, layoutOptions: { "elk.edgeLabels.inline": "true", "elk.edgeLabels.placement": "CENTER" } }],
    })),
  };
}

const port = (id: string, x: number, i: number, side: string): ElkPort => ({ id, x, y: portAt(i), width: 0, height: 0, layoutOptions: { "elk.port.side": side } });

/** Reads ELK's answer: every place from the drawing's top left corner. */
export function places(root: ElkNode): Layout {
  const out: Layout = { width: root.width ?? 0, height: root.height ?? 0, hosts: new Map(), cards: new Map(), routes: new Map() };
  for (const host of root.children ?? []) {
    const box = boxOf(host, 0, 0);
    out.hosts.set(host.id.slice("host ".length), box);
    for (const card of host.children ?? []) out.cards.set(card.id, boxOf(card, box.x, box.y));
  }
  for (const edge of root.edges ?? []) {
    const sec = edge.sections?.[0];
    if (!sec) continue;
    const points = [sec.startPoint, ...(sec.bendPoints ?? []), sec.endPoint];
    const l = edge.labels?.[0];
    out.routes.set(edge.id, { points, label: l ? boxOf(l, 0, 0) : { ...points[0]!, width: 0, height: 0 } });
  }
  return out;
}

const boxOf = (b: { x?: number; y?: number; width?: number; height?: number }, dx: number, dy: number): Box => ({
  x: (b.x ?? 0) + dx,
  y: (b.y ?? 0) + dy,
  width: b.width ?? 0,
  height: b.height ?? 0,
});

let elk: Promise<ELK> | undefined;

/** Lays a shape out. ELK and its worker are fetched at the first call. */
export async function lay(s: Shape): Promise<Layout> {
  elk ??= start();
  const engine = await elk;
  // Not every graph can be kept in order; each can be drawn.
  return places(await engine.layout(graph(s, true)).catch(() => engine.layout(graph(s, false))));
}

async function start(): Promise<ELK> {
  const [{ default: Elk }, { default: url }] = await Promise.all([import("elkjs/lib/elk-api"), import("elkjs/lib/elk-worker.min.js?url")]);
  return new Elk({ workerFactory: () => new Worker(url) });
}

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
