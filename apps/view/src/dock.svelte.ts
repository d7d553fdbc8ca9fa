// What stands under the graph: which of the panels is open, and how high. Kept
// in this browser; the open panel also stands in the address, so that a link to
// it can be sent ("#panel=events"), with what is to be chosen there
// ("#panel=tap&link=…").

import { live, type Selection } from "./live.svelte";

const store = "wardflow.dock";
export const least = 120; // pixels; lower, and nothing could be read
const roomy = 1000; // pixels of the window; lower, and the graph has them all at first
const address = /^#panel=([a-z]+)(?:&(host|actor|link)=([^&]+))?$/;

interface Kept {
  tab?: string;
  height?: number;
  open?: boolean;
}

const named = (id: unknown): id is string => typeof id === "string" && /^[a-z]+$/.test(id);

class Dock {
  tab = $state("links"); // by the id of a panel; Dock.svelte shows the first for one that is not there
  height = $state(first()); // pixels
  open = $state(innerHeight >= roomy);
  whole = $state(false); // it covers the graph

  constructor() {
    const kept = read();
    if (named(kept.tab)) this.tab = kept.tab;
    if (typeof kept.height === "number") this.height = Math.max(least, kept.height);
    if (typeof kept.open === "boolean") this.open = kept.open;
    this.#follow();
    addEventListener("hashchange", () => this.#follow());
  }

  /** Opens a panel by its id. */
  show(id: string) {
    [this.tab, this.open] = [id, true];
    history.replaceState(null, "", "#panel=" + id);
    this.keep();
  }

  /** Notes how it stands, for the next visit. */
  keep() {
    try {
      localStorage.setItem(store, JSON.stringify({ tab: this.tab, height: this.height, open: this.open } satisfies Kept));
    } catch {
      // Somebody forbids pages to keep anything: then it is not kept.
    }
  }

  #follow() {
    const [, id, kind, what] = location.hash.match(address) ?? [];
    if (named(id)) [this.tab, this.open] = [id, true];
    if (kind && what) live.selected = { kind: kind as Selection["kind"], id: decoded(what) };
  }
}

function read(): Kept {
  try {
    return (JSON.parse(localStorage.getItem(store) ?? "{}") ?? {}) as Kept;
  } catch {
    return {};
  }
}

/** The height of the dock until somebody chooses one: where it is closed at first,
 *  whoever opens it wants to read. */
function first(): number {
  const share = innerHeight >= roomy ? innerHeight * 0.21 : Math.min(innerHeight * 0.34, innerHeight - 560);
  return Math.round(Math.min(300, Math.max(160, share)));
}

// Whoever wrote the address may have written anything.
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const dock = new Dock();
