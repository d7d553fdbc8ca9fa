// What the stream sends after its first snapshot: only what changed, as a JSON
// merge patch (RFC 7396) in which lists with keys are written as objects by them,
// and what came to the front of a list of the newest by itself. It is
// runtime/control/merge of the node, the other way round.

import type { Snapshot } from "./types";

/** Lists by the member that their items are told apart by, and sorted by. */
const keys: Record<string, string> = { nodes: "id", apps: "name", actors: "id", links: "id", chains: "seen", checks: "node" };

/** Lists of the newest: what their front is called, and how long they get. */
const newest: Record<string, { list: string; most: number }> = {
  newRefusals: { list: "refusals", most: 100 },
  newAlarms: { list: "alarms", most: 100 },
  newEvents: { list: "events", most: 200 },
};

type Thing = Record<string, unknown>;

const isThing = (v: unknown): v is Thing => typeof v === "object" && v !== null && !Array.isArray(v);

/** The snapshot that changes make of one, which stays as it is. What did not change
 *  is the same object in both, so that nothing is drawn anew for it. */
export function apply(snapshot: Snapshot, changes: unknown): Snapshot {
  if (!isThing(changes)) return snapshot;
  const out: Thing = { ...snapshot };
  for (const [name, value] of Object.entries(changes)) {
    const front = newest[name];
    const key = keys[name];
    if (front) {
      out[front.list] = [...(value as unknown[]), ...((out[front.list] as unknown[]) ?? [])].slice(0, front.most);
    } else if (key && isThing(value)) {
      out[name] = byKey((out[name] as Thing[]) ?? [], key, value);
    } else {
      put(out, name, value);
    }
  }
  return out as unknown as Snapshot;
}

function byKey(list: Thing[], key: string, changes: Thing): Thing[] {
  const left = new Map(Object.entries(changes));
  const out: Thing[] = [];
  for (const item of list) {
    const id = (item[key] as string | undefined) ?? "";
    const change = left.get(id);
    left.delete(id);
    if (change !== null) out.push(change === undefined ? item : (merge(item, change) as Thing));
  }
  let added = false;
  for (const item of left.values()) {
    if (item === null) continue;
    out.push(merge(undefined, item) as Thing);
    added = true;
  }
  const idOf = (t: Thing) => (t[key] as string | undefined) ?? "";
  // By code units of UTF-16, which differs from Go's order for none of our names.
  if (added) out.sort((a, b) => (idOf(a) < idOf(b) ? -1 : idOf(a) > idOf(b) ? 1 : 0));
  return out;
}

/** MergePatch of RFC 7396, section 2, but that it changes nothing that is there. */
function merge(target: unknown, patch: unknown): unknown {
  if (!isThing(patch)) return patch;
  const out: Thing = isThing(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) put(out, name, value);
  return out;
}

function put(out: Thing, name: string, value: unknown) {
  if (value === null) delete out[name];
  else out[name] = merge(out[name], value);
}
