// Where everything stands: a shape goes to ELK in a worker, places come back. The
// same shape always gets the same places.

import type { ELK, ElkNode, ElkPort } from "elkjs/lib/elk-api";
import { cardHeight, inPort, outPort, type Shape } from "./outline";
import { HOST_HEAD, low, portAt, type Box, type Layout } from "./shape";

export { shaper } from "./outline";

const LABEL = 20;

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
      layoutOptions: { ...(order ? inOrder : {}), "elk.padding": `[top=${HOST_HEAD},left=20,bottom=20,right=20]`, "elk.nodeSize.constraints": "MINIMUM_SIZE", "elk.nodeSize.minimum": "(290,120)" },
      children: s.cards
        .filter((c) => c.node === host)
        .map((c) => ({
          id: c.id,
          width: c.width,
          height: cardHeight(c),
          layoutOptions: { "elk.portConstraints": "FIXED_POS", "elk.position": place.get(c.id)! },
          ports: [...c.in.map((p, i) => port(inPort(c.id, p), 0, portAt(i), "WEST")), ...c.out.map((p, i) => port(outPort(c.id, p), c.width, portAt(i, low(c)), "EAST"))],
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

const port = (id: string, x: number, y: number, side: string): ElkPort => ({ id, x, y, width: 0, height: 0, layoutOptions: { "elk.port.side": side } });

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

// Layouts that were asked for lately, by their shape as JSON: whoever filters and
// goes back finds all where it was, at once.
const lately = new Map<string, Promise<Layout>>();
const most = 16;

/** Lays a shape out, given as JSON. ELK and its worker are fetched at the first call. */
export function lay(form: string): Promise<Layout> {
  const known = lately.get(form);
  const found = known ?? fresh(form);
  lately.delete(form); // to the end: the one asked for longest ago goes first
  lately.set(form, found);
  if (!known) found.catch(() => lately.delete(form));
  for (const old of lately.keys()) {
    if (lately.size <= most) break;
    lately.delete(old);
  }
  return found;
}

async function fresh(form: string): Promise<Layout> {
  elk ??= start();
  const engine = await elk;
  const s = JSON.parse(form) as Shape;
  // Not every graph can be kept in order; each can be drawn.
  return places(await engine.layout(graph(s, true)).catch(() => engine.layout(graph(s, false))));
}

async function start(): Promise<ELK> {
  const [{ default: Elk }, { default: url }] = await Promise.all([import("elkjs/lib/elk-api"), import("elkjs/lib/elk-worker.min.js?url")]);
  return new Elk({ workerFactory: () => new Worker(url) });
}
