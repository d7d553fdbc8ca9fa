// The panels around the graph. To add one, write a file under panels/ that
// reads `live`, and add its line here.
//
// What is seen at once is imported above; all else comes when it is opened:
// `view: () => import("./panels/Some.svelte")`. A panel "below" is a tab of the
// dock, and exists only while its tab is open: what must outlive that (a text
// half written, a stream that goes on) is kept in a module of its own.

import type { Component } from "svelte";
import { live } from "./live.svelte";
import Majority from "./panels/Majority.svelte";
import Strip from "./panels/Strip.svelte";

/** What stands on a panel's tab beside its title. */
export interface Badge {
  text: string;
  tone?: "ok" | "warn" | "bad";
  spoken?: string; // what a screen reader says in place of the text
}

export interface Panel {
  id: string; // small letters; in the address: "#panel=links"
  title: string; // of its tab
  area: "top" | "side" | "below"; // over, beside or under the graph
  view: () => Component | Promise<{ default: Component }>;
  badge?: () => Badge | undefined; // undefined: nothing to say
}

const mostRefusals = 100; // of which the stream tells
const some = (n: number, tone: Badge["tone"], spoken: string): Badge | undefined => (n > 0 ? { text: String(n), spoken, ...(tone ? { tone } : {}) } : undefined);
const alarmed = () => live.snapshot?.alarms?.filter((a) => !a.until && a.kind !== "gap").length ?? 0;
const chained = (): Badge | undefined => (live.snapshot?.chain && !live.snapshot.chain.ready ? { text: "not ready", tone: "bad" } : undefined);
const refused = (): Badge | undefined => {
  const n = live.snapshot?.refusals.length ?? 0;
  return n < mostRefusals ? some(n, undefined, n + " refused") : { text: mostRefusals + "+", spoken: `${mostRefusals} refused, or more` };
};

export const panels: Panel[] = [
  { id: "majority", title: "Majority", area: "top", view: () => Majority },
  { id: "strip", title: "The cluster", area: "top", view: () => Strip },
  { id: "details", title: "Details", area: "side", view: () => import("./panels/Details.svelte") },
  { id: "links", title: "Links", area: "below", view: () => import("./panels/Links.svelte") },
  { id: "tap", title: "Tap", area: "below", view: () => import("./panels/Tap.svelte") },
  { id: "vitals", title: "Vitals", area: "below", view: () => import("./panels/Vitals.svelte") },
  { id: "scripts", title: "Scripts", area: "below", view: () => import("./panels/Scripts.svelte") },
  { id: "events", title: "What happened", area: "below", view: () => import("./panels/Events.svelte") },
  { id: "refusals", title: "Refused readings", area: "below", view: () => import("./panels/Refusals.svelte"), badge: refused },
  { id: "alarms", title: "Alarms", area: "below", view: () => import("./panels/Alarms.svelte"), badge: () => some(alarmed(), "warn", alarmed() + " go on") },
  { id: "timeline", title: "Timeline", area: "below", view: () => import("./panels/Timeline.svelte") },
  { id: "certificates", title: "Certificates", area: "below", view: () => import("./panels/Certificates.svelte") },
  { id: "chain", title: "Chain", area: "below", view: () => import("./panels/Chain.svelte"), badge: chained },
  { id: "mocks", title: "Mock devices", area: "below", view: () => import("./panels/Mocks.svelte") },
];
