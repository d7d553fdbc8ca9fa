// Server-Sent Events read by fetch: unlike an EventSource it says why it was
// refused, and does not begin again by itself, which here would be another tap.

import type { Problem } from "../types";

const most = 1 << 20; // letters of one event; ours have 16 kB

/** Reads a stream until it ends or is aborted; gives what was wrong, if anything. */
export async function read(path: string, signal: AbortSignal, see: (events: { name: string; data: string }[]) => void): Promise<Problem | undefined> {
  let response: Response;
  try {
    response = await fetch("/api/v1" + path, { headers: { Accept: "text/event-stream" }, signal });
    if (!response.ok) return (await response.json()) as Problem;
    const words = new TextDecoderStream();
    const reader = response.body!.pipeThrough(words).getReader();
    for (let rest = ""; ; ) {
      const { value, done } = await reader.read();
      if (done) return undefined;
      const parts = (rest + value).split("\n\n");
      rest = parts.pop()!;
      if (rest.length > most) return { title: "the stream makes no sense", status: 0 };
      see(parts.map(event).filter((e) => e.name !== ""));
    }
  } catch {
    return signal.aborted ? undefined : { title: "the connection was lost", status: 0, hint: "tap it again" };
  }
}

/** One event; without a name, a comment. */
export function event(text: string): { name: string; data: string } {
  const field = (name: string) => text.match(new RegExp(`^${name}: ?(.*)$`, "m"))?.[1] ?? "";
  return { name: field("event"), data: field("data") };
}
