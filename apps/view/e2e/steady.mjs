// Holds what the graph keeps of random updates against what it would draw of them
// anew: nobody must see a difference. Started by steady_test.go; prints the seed of
// what fails.

import assert from "node:assert/strict";
import { random, vite } from "./sources.mjs";

const { alike, steady } = await vite.ssrLoadModule("/src/graph/steady.ts");
const { sameActor, sameBundle, sameGroup, sameLink } = await vite.ssrLoadModule("/src/graph/seen.ts");
const { draw } = await vite.ssrLoadModule("/src/graph/drawn.ts");
const words = await vite.ssrLoadModule("/src/words.ts");

const spool = (rng) => (rng(3) ? undefined : { tokens: rng(40), bytes: 0, oldest: rng(90) });
const actor = (rng, i) => ({ id: `app:bed${i % 9}:a${i}`, app: "app", type: "t.T", node: "node" + rng(3), state: "running", epoch: 1, in: ["in"], out: ["out"], perSecond: rng(30), errors: 0, firings: 0 });
const link = (rng, actors, i) => {
  const [a, b] = [actors[rng(actors.length)], actors[rng(actors.length)]];
  return { id: "link" + i, app: "app", from: { actor: a.id, port: "out" }, to: { actor: b.id, port: "in" }, fromNode: a.node, toNode: b.node, tokens: 0, bytes: 0, perSecond: rng(30), held: rng(256), window: 256, up: true };
};

// What changes at an update, as the stream tells it: most counts a little, some
// goes to another state, and members come and go.
const wobble = (rng, n) => Math.max(0, n * (1 + (rng(200) - 100) / 2000) + (rng(40) ? 0 : 12 - rng(24)));
function actorLater(rng, a) {
  const out = { ...a, firings: a.firings + 1, perSecond: wobble(rng, a.perSecond) };
  if (!rng(30)) out.state = ["running", "faulted", "waiting", "stopped"][rng(4)];
  if (!rng(30)) out.errors++;
  if (!rng(30)) out.node = rng(5) ? "node" + rng(3) : undefined;
  if (!rng(30)) out.why = out.node ? undefined : ["no host is fit", "or up"].slice(0, 1 + rng(2));
  if (!rng(20)) out.judged = rng(4) ? { rule: "r", version: 1, epoch: rng(3), block: rng(9), accepted: rng(99), refused: { high: rng(3), low: rng(3) } } : undefined;
  if (!rng(20)) out.spool = spool(rng);
  if (!rng(30)) out.replica = rng(2) ? { of: "a", number: 1 + rng(3) } : undefined;
  if (!rng(30)) out.exclusive = !out.exclusive;
  return out;
}
function linkLater(rng, l) {
  const out = { ...l, tokens: l.tokens + 1, bytes: l.bytes + 300, perSecond: wobble(rng, l.perSecond), held: Math.min(256, Math.round(wobble(rng, l.held))) };
  if (rng(2)) out.oldest = rng(9);
  else delete out.oldest;
  if (!rng(30)) out.refused = rng(2) ? "certificate of another root" : undefined;
  if (!rng(30)) out.up = !out.up;
  if (!rng(30)) out.closing = !out.closing;
  if (!rng(20)) out.spool = spool(rng);
  if (!rng(20)) out.peer = rng(2) ? { uri: "spiffe://x/node/a", role: "node", name: "node" + rng(3), notAfter: "2026-11-22T08:00:00Z" } : undefined;
  return out;
}

const tens = (text) => text.replace(/queue (\d+) percent/, (all, n) => (n < 50 ? "queue of no note" : all));
const ofActor = (a) => [words.spokenActor(a), words.kindOf(a), words.rate(a.perSecond), a.state, a.judged?.epoch, words.refusedBy(a.judged), ...words.notes(a), a.errors, a.in, a.out];
const ofLink = (l) => [words.label(l), words.fill(l), tens(words.spokenLink(l)), l.peer?.notAfter, l.from.actor, l.to.actor];
const ofGroup = (g) => [g.name, g.members.length, words.rate(g.perSecond), words.spokenRate(g.perSecond), g.errors, g.refused, g.state, g.well, g.in, g.out];
const ofBundle = (b) => [b.links.map((l) => l.id), ...ofLink(b.links.length === 1 ? b.links[0] : b.sum)];

let kept = 0;
for (let seed = 0; seed < 40; seed++) {
  try {
    const rng = random(seed);
    let actors = Array.from({ length: 30 + rng(60) }, (_, i) => actor(rng, i));
    let links = Array.from({ length: actors.length }, (_, i) => link(rng, actors, i));
    const keep = { actors: steady(sameActor), groups: steady(sameGroup), links: steady(sameLink), bundles: steady(sameBundle) };
    for (let update = 0; update < 25; update++) {
      const now = draw(actors, links, ["actors", "components", "hosts"][seed % 3], new Set());
      const shown = { actors: keep.actors(now.actors), groups: keep.groups(now.groups), links: keep.links(now.links), bundles: keep.bundles(now.bundles) };
      for (const [of, reads] of Object.entries({ actors: ofActor, groups: ofGroup, links: ofLink, bundles: ofBundle })) {
        assert.equal(shown[of].length, now[of].length);
        now[of].forEach((x, i) => assert.deepEqual(reads(shown[of][i]), reads(x), `${of} ${x.id} at update ${update}`));
        kept += now[of].filter((x, i) => update > 0 && shown[of][i] !== x).length;
      }
      actors = actors.map((a) => actorLater(rng, a)).filter((_, i) => i < 20 || rng(200));
      links = links.map((l) => linkLater(rng, l));
    }
  } catch (e) {
    console.log("seed " + seed);
    throw e;
  }
}
assert.ok(kept > 1000, "much of what changed reads as it did: " + kept);

// A member that nobody has thought of counts by itself, also when it comes or goes.
const same = alike({ n: () => 0 });
assert.ok(same({ id: "a", n: 1 }, { id: "a", n: 2 }) && same({ id: "a" }, { id: "a", n: 2 }));
assert.ok(!same({ id: "a", n: 1 }, { id: "a", n: 1, odd: 1 }) && !same({ id: "a", n: 1, odd: 1 }, { id: "a", n: 1 }));

// The list itself is the same one while nothing in it changed.
const list = steady((a, b) => a === b);
const first = list([1, 2, 3]);
assert.ok(list([1, 2, 3]) === first);
assert.deepEqual(list([1, 2]), [1, 2]);
assert.deepEqual(list([0, 1, 2]), [0, 1, 2]);

await vite.close();
console.log("ok");
process.exit(0);
