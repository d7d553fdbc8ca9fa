// What the graph shows of actors, links and their sums: two that read the same are
// the same to it.

import type { ActorState, LinkState } from "../types";
import { fill, onDisk, percent, rate, refusedBy } from "../words";
import type { Bundle, Group } from "./drawn";
import { alike, unseen, type Reads } from "./steady";

const perSecond = (n: number | undefined) => rate(n ?? 0);
const onIt = (s: ActorState["spool"]) => s && onDisk(s);

/** For where an actor stands, and with what. */
export const samePlace = (was: ActorState, now: ActorState) => was === now || (was.id === now.id && was.node === now.node && was.app === now.app);

/** For what a link joins. */
export const sameEnds = (was: LinkState, now: LinkState) => was === now || (was.id === now.id && was.app === now.app && was.from.actor === now.from.actor && was.from.port === now.from.port && was.to.actor === now.to.actor && was.to.port === now.to.port);

export const sameActor = alike<ActorState>({
  firings: unseen,
  lease: unseen,
  perSecond,
  spool: onIt,
  judged: (j) => j && j.epoch + " " + refusedBy(j),
});

// A queue that is not half full is spoken of in tens, and shown by colour only.
const waits = (l: LinkState) => (percent(l) >= 50 ? percent(l) : Math.round(percent(l) / 10));

const figures: Reads<LinkState> = {
  tokens: unseen,
  bytes: unseen,
  resent: unseen,
  oldest: unseen,
  refusals: unseen,
  perSecond,
  spool: onIt,
  held: (_, l) => fill(l) + waits(l),
};

export const sameLink = alike(figures);

export const sameGroup = alike<Group>({ members: (m) => m?.length, perSecond });

const sameSum = alike<LinkState>({ ...figures, from: (e) => e && e.actor + " " + e.port, to: (e) => e && e.actor + " " + e.port });

export const sameBundle = (was: Bundle, now: Bundle) =>
  was.id === now.id && was.links.length === now.links.length && was.links.every((l, i) => l.id === now.links[i]!.id) && (now.links.length === 1 ? sameLink(was.links[0]!, now.links[0]!) : sameSum(was.sum, now.sum));
