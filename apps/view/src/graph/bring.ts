// Scrolls the drawing in its frame to what was chosen outside of it, in a table or
// by an address. What is seen already stays where it is; the page itself never moves.

/** Brings what is chosen ("actor ward:bed1:check") into the frame, if it is drawn. */
export function bring(frame: HTMLElement, chosen: string) {
  const [kind, id] = [chosen.slice(0, chosen.indexOf(" ")), chosen.slice(chosen.indexOf(" ") + 1)];
  const place = ({ actor: "card ", host: "host " }[kind] ?? "line ") + id;
  const drawn = frame.querySelector(`[data-at="${CSS.escape(place)}"]`);
  const at = (drawn?.querySelector(".pill") ?? drawn)?.getBoundingClientRect(); // of a line, where its words stand
  if (!at) return;
  const seen = frame.getBoundingClientRect();
  const [left, top] = [by(at.left, at.right, seen.left, seen.right), by(at.top, at.bottom, seen.top, seen.bottom)];
  if (left || top) frame.scrollBy({ left, top, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
}

/** How far to scroll to have from…to in the middle of low…high; 0 where it is in it
 *  as a whole, or is seen as far as there is room. */
function by(from: number, to: number, low: number, high: number): number {
  const large = to - from > high - low;
  return (from >= low && to <= high) || (large && to > low && from < high) ? 0 : (from + to - low - high) / 2;
}
