// The mocks as they were seen last, what they said a while before, and how they
// are driven. It outlives the panel, so that a line goes on when the tab is
// opened again.

import { SvelteMap } from "svelte/reactivity";
import { Fetched } from "../fetched.svelte";
import { call } from "../steer/call";
import type { Problem } from "../types";
import { idOf, type Drive, type Mock } from "./types";

export interface Point {
  at: number; // milliseconds
  value: number;
}

const kept = 1200; // points of each: ten minutes

class Mocks {
  asked = new Fetched<{ items: Mock[] }>("/mocks", 500);
  trouble = new SvelteMap<string, Problem>(); // of the last drive of a mock
  tick = $state(0); // rises when something new was seen
  #driven = $state.raw<Record<string, { mock: Mock; at: number }>>({}); // as a drive has left them, until they are seen anew
  #said = new Map<string, Point[]>();
  #seen: unknown;

  /** All of them, by host and name. */
  get all(): Mock[] {
    return (this.asked.value?.items ?? []).map((m) => this.#driven[idOf(m)]?.mock ?? m);
  }

  /** Notes what was seen, once each time. For $effect. */
  note() {
    const seen = this.asked.value;
    if (!seen || seen === this.#seen) return;
    this.#seen = seen;
    const at = Date.now();
    // What is seen now may have been asked for before the drive.
    this.#driven = Object.fromEntries(Object.entries(this.#driven).filter(([, d]) => d.at > at - 600));
    this.tick++;
    for (const m of seen.items) {
      if (m.silent || m.hidden) continue;
      const value = typeof m.value === "boolean" ? Number(m.value) : m.value;
      if (typeof value !== "number") continue;
      const points = this.said(idOf(m));
      points.push({ at, value });
      if (points.length > kept) points.splice(0, points.length - kept);
    }
  }

  /** What a mock said, oldest first. */
  said(id: string): Point[] {
    let points = this.#said.get(id);
    if (!points) this.#said.set(id, (points = []));
    return points;
  }

  /** Has a mock do something. What is wrong with it stands in trouble. */
  async drive(m: Mock, d: Drive): Promise<boolean> {
    const answer = await call<Mock>("POST", `/mocks/${encodeURIComponent(m.node)}/${encodeURIComponent(m.name)}`, d);
    if (answer.value) this.#driven = { ...this.#driven, [idOf(m)]: { mock: answer.value, at: Date.now() } };
    if (answer.problem) this.trouble.set(idOf(m), answer.problem);
    else this.trouble.delete(idOf(m));
    return !answer.problem;
  }
}

export const mocks = new Mocks();
