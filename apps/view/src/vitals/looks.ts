// How lines are told apart: by colour, and without it by their strokes.

import type { Series } from "./series";

export interface Look {
  colour: string; // the name of a property of the style
  dash: number[];
}

const colours = ["--line-1", "--line-2", "--line-3", "--line-4", "--line-5", "--line-6"];
const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/** The look of each series, by its key: within a unit no two are alike, and all
 * keep theirs as others come. */
export function looks(all: Series[]): Map<string, Look> {
  const found = new Map<string, Look>();
  const used = new Map<string, number>();
  all.forEach((s, i) => {
    const n = used.get(s.unit) ?? 0;
    used.set(s.unit, n + 1);
    found.set(s.key, { colour: colours[i % colours.length]!, dash: dashes[n % dashes.length]! });
  });
  return found;
}
