// How somebody looks at the graph: what is searched for, how closely, what is
// opened. And what just moved.

import type { ActorState, LinkState } from "../types";
import type { Level } from "./drawn";

class Look {
  find = $state("");
  level = $state<Level | "">(""); // "": as many as can be told apart
  open = $state.raw<ReadonlySet<string>>(new Set()); // groups that are drawn one by one
  bundles = $state.raw<ReadonlyMap<string, LinkState[]>>(new Map()); // what is drawn as one line, for the details
  moved = $state.raw<ReadonlyMap<string, string>>(new Map()); // actors that just came, and from which host

  #hosts = new Map<string, string>(); // where each actor was
  #forget: ReturnType<typeof setTimeout> | undefined;

  expand(id: string) {
    this.open = new Set([...this.open, id]);
  }

  collapse(id?: string) {
    this.open = new Set(id === undefined ? [] : [...this.open].filter((o) => o !== id));
  }

  /** Notes who went from one host to another since it was called before. */
  follow(actors: readonly ActorState[]) {
    const now = new Map<string, string>();
    let moved: Map<string, string> | undefined;
    for (const a of actors) {
      const at = a.node ?? "";
      const was = this.#hosts.get(a.id);
      now.set(a.id, at);
      if (was && at && was !== at) (moved ??= new Map(this.moved)).set(a.id, was);
    }
    this.#hosts = now;
    if (!moved) return;
    this.moved = moved;
    clearTimeout(this.#forget);
    this.#forget = setTimeout(() => (this.moved = new Map()), 6000);
  }
}

export const look = new Look();

/** Whether a name, type, port, host or identity has what is searched for. */
export function finds(what: string, ...texts: (string | undefined)[]): boolean {
  return texts.some((t) => t?.toLowerCase().includes(what));
}

export const actorHas = (what: string, a: ActorState) => finds(what, a.id, a.type, a.node, a.state, a.speaks);
export const linkHas = (what: string, l: LinkState) => finds(what, l.id, l.peer?.name, l.taker?.name, l.peer?.uri);
