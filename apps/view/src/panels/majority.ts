// Words for a cluster that has lost the majority of its voters.

import type { RegisterState } from "../types";

// What goes on and what does not without a majority: as package control says.
export const goesOn = "what runs goes on where it is, and devices go on being read and kept";
export const stops = "nothing is placed, moved, deployed or stopped, and an exclusive actor stops when its lease ends";

/** Who of the voters does not answer, in words. */
export function missing(r: RegisterState): string {
  const members = r.members ?? [];
  const gone = members.filter((m) => !m.up).map((m) => m.node);
  if (gone.length === 0) return r.why ?? "";
  const up = members.length - gone.length;
  return `${up} of ${members.length} voters ${up === 1 ? "answers" : "answer"}, missing: ${gone.join(", ")}`;
}
