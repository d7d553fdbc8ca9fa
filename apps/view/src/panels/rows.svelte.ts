// Which rows of a long table are in sight, and what of a link must be seen even in
// one that is not.

import { alike, unseen } from "../graph/steady";
import type { LinkState } from "../types";
import { fill } from "../words";

/** Whether a link is as it was, but for what counts on all the time. */
export const sameState = alike<LinkState>({
  tokens: unseen,
  bytes: unseen,
  perSecond: (_, l) => fill(l),
  held: (_, l) => fill(l),
  oldest: unseen,
});

/** Tells which rows of a scrolling table are in sight: those that hold its `watch`,
 *  by their data-id. */
export class Sight {
  #ids = $state.raw<ReadonlySet<string>>(new Set());
  #watcher: IntersectionObserver | undefined;

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** An attachment for each row. */
  watch = (row: HTMLElement) => {
    // A little early, so that who scrolls slowly never sees an old figure.
    const watcher = (this.#watcher ??= new IntersectionObserver((seen) => this.#note(seen), { root: row.closest("[role=tabpanel]"), rootMargin: "60px" }));
    watcher.observe(row);
    return () => watcher.unobserve(row);
  };

  #note(seen: IntersectionObserverEntry[]) {
    const ids = new Set(this.#ids);
    for (const s of seen) {
      const id = (s.target as HTMLElement).dataset["id"] ?? "";
      if (s.isIntersecting) ids.add(id);
      else ids.delete(id);
    }
    this.#ids = ids;
  }
}
