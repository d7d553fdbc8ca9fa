// What the editor asks the node, which has the one compiler.

import { call } from "../steer/call";
import type { Completion, Explanation, Hover, Issue, PlanResult } from "../answers";
import type { Place } from "./places";

/** A script as it is sent: with what it includes. */
export interface Deployment {
  name: string;
  script: string;
  includes?: Record<string, string>;
}

interface List<T> {
  items: T[];
}

export const check = (d: Deployment) => call<List<Issue>>("POST", "/check", d);
export const plan = (d: Deployment) => call<PlanResult>("POST", "/apps?dry-run", d);
export const complete = (d: Deployment, at: Place) => call<List<Completion>>("POST", "/scripts/complete", { ...d, ...at });
export const hover = (d: Deployment, at: Place) => call<Hover>("POST", "/scripts/hover", { ...d, ...at });
export const format = (d: Deployment) => call<{ script: string }>("POST", "/scripts/format", d);
export const explain = (code: string) => call<Explanation>("GET", "/explanations/" + encodeURIComponent(code));
