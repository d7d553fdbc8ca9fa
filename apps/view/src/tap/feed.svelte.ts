// The one link that is tapped on this page. What it shows outlives its panel, so
// that one can look at the tokens, then at the chart; the tap itself ends soon
// after nobody has either open.

import type { Problem } from "../types";
import { Vitals } from "../vitals/series";
import { read } from "./stream";
import type { TapAbout, TapSkipped, TapToken } from "./types";

const kept = 200; // tokens, the newest
const linger = 2500; // ms without a panel before the tap ends

export interface Seen extends TapToken {
  key: number; // on this page; rises
}

class Feed {
  link = $state("");
  state = $state<"none" | "opening" | "on" | "ended">("none");
  about = $state.raw<TapAbout>();
  why = $state(""); // why it has ended
  problem = $state.raw<Problem>();
  tokens = $state.raw<Seen[]>([]); // newest first
  shown = $state(0);
  missed = $state(0);
  slow = $state(0); // of those missed: this page was too slow
  vitals = new Vitals();
  beats = $state(0); // rises with each batch, for who draws

  #stop: AbortController | undefined;
  #watchers = 0;
  #leaving: ReturnType<typeof setTimeout> | undefined;
  #key = 0;

  /** Taps a link; the one before ends. */
  async open(link: string, patients = false) {
    this.close();
    [this.link, this.state, this.about, this.why, this.problem] = [link, "opening", undefined, "", undefined];
    [this.tokens, this.shown, this.missed, this.slow] = [[], 0, 0, 0];
    this.vitals = new Vitals();
    const stop = (this.#stop = new AbortController());
    const problem = await read(`/links/${encodeURIComponent(link)}/tap${patients ? "?patients=true" : ""}`, stop.signal, (events) => {
      if (!stop.signal.aborted) this.#take(events);
    });
    if (stop.signal.aborted || this.#over()) return;
    [this.state, this.problem] = ["ended", problem];
    if (!problem) this.why = "the node has closed the stream";
  }

  /** Whether the link is tapped just now, or about to be. */
  get runs(): boolean {
    return this.state === "on" || this.state === "opening";
  }

  #over = () => this.state === "ended";

  #take(events: { name: string; data: string }[]) {
    const fresh: Seen[] = [];
    for (const { name, data } of events) {
      const v: unknown = JSON.parse(data);
      if (name === "tap") {
        [this.about, this.state] = [v as TapAbout, "on"];
      } else if (name === "token") {
        const t = { ...(v as TapToken), key: ++this.#key };
        fresh.unshift(t);
        this.vitals.add(t);
      } else if (name === "skipped") {
        const s = v as TapSkipped;
        this.missed += (s.thinned ?? 0) + (s.slow ?? 0);
        this.slow += s.slow ?? 0;
      } else if (name === "end") {
        [this.state, this.why] = ["ended", (v as { why: string }).why];
      }
    }
    if (fresh.length === 0) return;
    this.shown += fresh.length;
    this.tokens = [...fresh, ...this.tokens].slice(0, kept);
    this.beats++;
  }

  /** Ends the tap; what it has shown stays. */
  close(why = "you have ended it") {
    this.#stop?.abort();
    this.#stop = undefined;
    if (this.runs) [this.state, this.why] = ["ended", why];
  }

  /** Says that a panel looks, until what it gives back is called. */
  watch(): () => void {
    clearTimeout(this.#leaving);
    this.#watchers++;
    return () => {
      if (--this.#watchers === 0) this.#leaving = setTimeout(() => this.close("its panel was closed"), linger);
    };
  }
}

export const feed = new Feed();
