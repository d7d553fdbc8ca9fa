// Something that is being done through the API: whether it is under way, agreed
// or refused. The same intent keeps its key until it is answered, so that trying
// again after no answer does nothing twice.

import type { Problem } from "../types";
import { call, newKey } from "./call";

export class Doing<T = unknown> {
  busy = $state(false);
  done = $state(false);
  problem = $state.raw<Problem>();
  value = $state.raw<T>();
  #key = "";
  #intent = "";

  /** Reports whether it was agreed. */
  async go(method: string, path: string, body?: unknown): Promise<boolean> {
    if (this.busy) return false;
    const intent = JSON.stringify([method, path, body]);
    if (intent !== this.#intent) [this.#intent, this.#key] = [intent, newKey()];
    [this.busy, this.done, this.problem] = [true, false, undefined];
    const { value, problem } = await call<T>(method, path, body, this.#key);
    [this.busy, this.done, this.problem, this.value] = [false, !problem, problem, value];
    if (!problem || answered(problem)) this.#intent = ""; // what comes next is meant anew
    return !problem;
  }
}

/** Whether a problem is the node's last word, and not one that went missing on the way. */
const answered = (p: Problem) => p.status !== 0 && p.status < 500;
