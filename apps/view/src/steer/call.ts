// One question to the control API, with its answer or what is wrong with it.

import type { Problem } from "../types";

export interface Answer<T> {
  value?: T;
  problem?: Problem;
}

/**
 * Asks, and never throws. A key makes a change happen once however often it is
 * sent: who tries again after no answer came sends the same one.
 */
export async function call<T>(method: string, path: string, body?: unknown, key?: string): Promise<Answer<T>> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  let response: Response;
  try {
    response = await fetch("/api/v1" + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  } catch {
    return { problem: { title: "the node does not answer", status: 0, hint: "look whether it runs, and try again: nothing is done twice" } };
  }
  try {
    if (!response.ok) return { problem: (await response.json()) as Problem };
    return response.status === 204 ? {} : { value: (await response.json()) as T };
  } catch {
    return { problem: { title: "an answer that is no answer", status: response.status, detail: `the node answered ${response.status} and nothing that can be read`, hint: "see the node's log" } };
  }
}

export const newKey = () => crypto.randomUUID();
