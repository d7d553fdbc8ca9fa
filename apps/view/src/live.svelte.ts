// The page's one connection to the node, and what it last said.

import { apply } from "./changes";
import type { Caller, Problem, Snapshot } from "./types";

/** Who looks, with what they may, which nodes tell that are new enough. */
export type Who = Caller & { id?: { name: string }; may?: string[]; signs?: boolean };

export type Selection = { kind: "host" | "actor" | "link" | "bundle"; id: string };

class Live {
  snapshot = $state.raw<Snapshot>();
  connection = $state<"connecting" | "live" | "lost">("connecting");
  problem = $state<Problem>(); // why there is nothing to see
  skipped = $state(0); // snapshots not shown since the page was opened
  skippedNow = $state(false); // some were skipped just now
  selected = $state<Selection>();
  role = $state(""); // of who looks
  caller = $state.raw<Who>(); // who looks, and what they may
  tapped = $state(""); // the link whose tokens somebody asked to see, by its ID
  app = $state(""); // show this application only; "": all

  #forget: ReturnType<typeof setTimeout> | undefined;

  /** Logs in if the address carries a one-time token, and then watches. */
  async start() {
    const token = location.hash.match(/^#login=(.+)$/)?.[1];
    if (token) {
      // Gone from the address bar and the history before anything else.
      history.replaceState(null, "", location.pathname);
      const failed = await ask("POST", "/session", { token });
      // Somebody who is logged in already needs no second link.
      if (failed && (await ask("GET", "/session"))) {
        this.problem = failed;
        return;
      }
    }
    this.#watch();
    const who = await fetch("/api/v1/session").catch(() => undefined);
    if (!who?.ok) return;
    this.caller = (await who.json()) as Who;
    this.role = this.caller.role;
  }

  #watch() {
    const source = new EventSource("/api/v1/events?changes");
    source.addEventListener("snapshot", (e) => {
      this.snapshot = JSON.parse(e.data) as Snapshot;
      this.connection = "live";
      this.problem = undefined;
    });
    source.addEventListener("changes", (e) => {
      if (!this.snapshot) return; // they are of a snapshot, which comes first
      this.snapshot = apply(this.snapshot, JSON.parse(e.data));
      this.connection = "live";
      this.problem = undefined;
    });
    source.addEventListener("skipped", (e) => {
      this.skipped += (JSON.parse(e.data) as { skipped: number }).skipped;
      this.skippedNow = true;
      clearTimeout(this.#forget);
      this.#forget = setTimeout(() => (this.skippedNow = false), 5000);
    });
    source.addEventListener("problem", (e) => (this.problem = JSON.parse(e.data) as Problem));
    source.addEventListener("bye", () => (this.connection = "lost"));
    source.onerror = async () => {
      this.connection = "lost";
      if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
      const problem = await ask("GET", "/session");
      if (problem) this.problem = problem;
      if (!problem || problem.status === 0 || problem.status >= 500) setTimeout(() => this.#watch(), 2000);
    };
  }

  /** Whether who looks may do that, as far as the node has said: it decides anew each time. */
  may(action: string): boolean {
    return this.caller?.may?.includes(action) ?? this.role === "staff";
  }

  select(kind: Selection["kind"], id: string) {
    this.selected = this.selected?.kind === kind && this.selected.id === id ? undefined : { kind, id };
  }
}

/** Asks the API, and says what is wrong if anything is. */
export async function ask(method: string, path: string, body?: unknown): Promise<Problem | undefined> {
  try {
    const response = await fetch("/api/v1" + path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : null,
    });
    if (response.ok) return undefined;
    return (await response.json()) as Problem;
  } catch {
    return { title: "the node does not answer", status: 0, hint: "this page tries again by itself" };
  }
}

export const live = new Live();

/** What the filter lets through of a snapshot's lists. */
export function shown<T extends { app?: string }>(items: T[]): T[] {
  return live.app ? items.filter((i) => i.app === live.app) : items;
}
