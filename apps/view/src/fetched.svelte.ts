// What a panel asks the node for by itself, beside the stream: again and again
// while the panel is open, and somebody looks.

import type { Problem } from "./types";

export class Fetched<T> {
  value = $state.raw<T>();
  problem = $state.raw<Problem>(); // why there is nothing newer

  #again: ReturnType<typeof setTimeout> | undefined;
  #stop = new AbortController();

  constructor(
    private path: string,
    private every: number, // milliseconds from an answer to the next question
  ) {}

  /** Begins to ask; what it returns ends that. For $effect. */
  start(): () => void {
    this.#stop = new AbortController();
    void this.now();
    return () => (this.#stop.abort(), clearTimeout(this.#again));
  }

  /** Asks at once. */
  async now() {
    clearTimeout(this.#again);
    const { signal } = this.#stop;
    try {
      const answer = await fetch("/api/v1" + this.path, { signal });
      if (answer.ok) [this.value, this.problem] = [(await answer.json()) as T, undefined];
      else this.problem = (await answer.json()) as Problem;
    } catch {
      if (!signal.aborted) this.problem = { title: "the node does not answer", status: 0, hint: "the page asks again by itself" };
    }
    if (!signal.aborted) this.#again = setTimeout(() => this.#due(), this.every);
  }

  #due() {
    if (document.hidden) document.addEventListener("visibilitychange", () => void this.now(), { once: true, signal: this.#stop.signal });
    else void this.now();
  }
}

/** A problem as one sentence. */
export const inWords = (p: Problem) => [p.detail ?? p.title, p.hint].filter(Boolean).join("; ") + ".";
