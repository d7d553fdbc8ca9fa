// Places as the node counts them (lines and characters from 1) and as the editor
// does (UTF-16 units from the start of the text).

import type { Text } from "@codemirror/state";
import type { Range } from "../answers";

export interface Place {
  line: number;
  col: number;
}

export function placeOf(doc: Text, offset: number): Place {
  const line = doc.lineAt(offset);
  return { line: line.number, col: [...line.text.slice(0, offset - line.from)].length + 1 };
}

/** Beyond the end of a line it is that end, beyond the last line the end of all. */
export function offsetOf(doc: Text, line: number, col: number): number {
  if (line > doc.lines) return doc.length;
  const at = doc.line(Math.max(1, line));
  let units = 0;
  for (const character of at.text) {
    if (--col < 1) break;
    units += character.length;
  }
  return at.from + units;
}

export function rangeOf(doc: Text, r: Range): { from: number; to: number } {
  const from = offsetOf(doc, r.line, r.col);
  return { from, to: Math.max(from, offsetOf(doc, r.endLine, r.endCol)) };
}
