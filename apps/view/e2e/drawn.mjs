// Holds what is drawn of random hospitals, and the way of the arrow keys through
// it, against what must always be so. Started by graph_test.go; prints the seed of
// what fails.

import assert from "node:assert/strict";
import { random, vite } from "./sources.mjs";

const { draw, level, many } = await vite.ssrLoadModule("/src/graph/drawn.ts");
const { walk, hostAt, cardAt, lineAt } = await vite.ssrLoadModule("/src/graph/walk.ts");
const { fill } = await vite.ssrLoadModule("/src/words.ts");

function hospital(rng) {
  const nodes = Array.from({ length: 1 + rng(6) }, (_, i) => ({ id: "node" + i, up: true, since: "" }));
  const actors = Array.from({ length: 1 + rng(rng(2) ? 40 : 400) }, (_, i) => {
    const app = "app" + rng(2);
    const within = rng(4) ? `:bed${rng(12)}` + (rng(5) ? "" : ":inner") : "";
    return { id: `${app}${within}:a${i}`, app, type: "t.T", node: rng(12) ? nodes[rng(nodes.length)].id : "", state: rng(9) ? "running" : "faulted", in: ["in"], out: ["out"], perSecond: rng(100), errors: rng(3), firings: 0 };
  });
  const of = (a) => a.node || undefined;
  const links = Array.from({ length: rng(2 * actors.length) }, (_, i) => {
    const [a, b] = [actors[rng(actors.length)], actors[rng(actors.length)]];
    return { id: "link" + i, app: a.app, from: { actor: a.id, port: "out" }, to: { actor: b.id, port: "in" }, fromNode: of(a), toNode: of(b), tokens: rng(1000), bytes: rng(1000), perSecond: rng(50), held: rng(256), window: 256, up: rng(20) > 0 };
  });
  return { nodes, actors, links };
}

const sum = (list, of) => list.reduce((n, x) => n + of(x), 0);

function whole({ actors, links }, d) {
  const cards = [...d.actors.map((a) => [a.id, [a]]), ...d.groups.map((g) => [g.id, g.members])];
  const on = new Map(cards.flatMap(([id, members]) => members.map((a) => [a.id, id])));
  assert.equal(on.size, actors.length, "each actor is on a card");
  assert.equal(sum(cards, ([, m]) => m.length), actors.length, "and on one only");
  assert.equal(new Set(cards.map(([id]) => id)).size, cards.length, "no two cards have one name");
  for (const g of d.groups) {
    assert.equal(g.perSecond, sum(g.members, (a) => a.perSecond));
    assert.equal(g.well, g.members.filter((a) => a.state === "running").length);
    assert.equal(g.state, g.well < g.members.length ? "faulted" : "running", "the worst of its members");
    assert.ok(g.members.every((a) => (a.node ?? "") === g.node && a.app === g.app));
  }
  const drawn = [...d.links, ...d.bundles.flatMap((b) => b.links)];
  assert.equal(new Set(drawn).size, drawn.length, "no link is drawn twice");
  const hidden = links.filter((l) => on.get(l.from.actor) === on.get(l.to.actor) && d.groups.some((g) => g.id === on.get(l.from.actor)));
  assert.equal(drawn.length + hidden.length, links.length, "what is not drawn is within a card");
  for (const b of d.bundles) {
    assert.equal(b.sum.perSecond, sum(b.links, (l) => l.perSecond));
    const bad = ["idle", "flowing", "closing", "filling", "full", "down", "refused"];
    assert.equal(fill(b.sum), bad[Math.max(...b.links.map((l) => bad.indexOf(fill(l))))], "it looks as the worst of its links");
    for (const l of b.links) assert.deepEqual([on.get(l.from.actor), on.get(l.to.actor)], [b.sum.from.actor, b.sum.to.actor]);
  }
}

/** From any host, the arrow keys lead to every card that stands on a host, and to
 *  every line of such. */
function reached(nodes, d) {
  const hosts = new Map(nodes.map((n, i) => [n.id, { x: 0, y: i * 1000, width: 900, height: 900 }]));
  const cards = new Map([...d.actors, ...d.groups].filter((c) => c.node).map((c, i) => [c.id, { x: (i % 7) * 100, y: hosts.get(c.node).y + (i % 11) * 70, width: 90, height: 60 }]));
  const lines = [...d.links, ...d.bundles.map((b) => b.sum)].filter((l) => cards.has(l.from.actor) && cards.has(l.to.actor));
  const layout = { width: 900, height: 9000, hosts, cards, routes: new Map(lines.map((l) => [l.id, {}])) };
  const seen = new Set([hostAt(nodes[0].id)]);
  for (const at of seen) for (const key of ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"]) {
    const to = walk(at, key, d, layout);
    if (to) seen.add(to);
  }
  if (nodes.some((n) => [...cards.keys()].length && [...d.actors, ...d.groups].some((c) => c.node === n.id))) {
    for (const id of cards.keys()) assert.ok(seen.has(cardAt(id)), "no key leads to " + id);
    for (const l of lines) assert.ok(seen.has(lineAt(l.id)), "no key leads to " + l.id);
  }
}

for (let seed = 0; seed < 150; seed++) {
  try {
    const rng = random(seed);
    const h = hospital(rng);
    const at = level(h.actors, h.nodes);
    assert.equal(at === "actors", h.actors.length <= many);
    for (const how of ["actors", "components", "hosts"]) {
      const d = draw(h.actors, h.links, how, new Set());
      whole(h, d);
      if (h.actors.length < 120) reached(h.nodes, d);
      for (const g of d.groups.slice(0, 3)) {
        const closer = draw(h.actors, h.links, how, new Set([g.id]));
        whole(h, closer);
        assert.ok(!closer.groups.some((c) => c.id === g.id), g.id + " was opened and is still one card");
      }
    }
    if (at === "components") assert.ok(draw(h.actors, h.links, at, new Set()).inside.size >= many);
  } catch (e) {
    console.log("seed " + seed);
    throw e;
  }
}
await vite.close();
console.log("ok");
process.exit(0);
