// How wide a text will be. Asked before anything is drawn.

/** Resolves once the page's own letters are there, or never will be. */
export const letters = Promise.all([400, 600].map((w) => document.fonts.load(`${w} 13px Figtree`))).catch(() => undefined);

let pen: CanvasRenderingContext2D | null | undefined;
let family = "";

// Asked for the same names again and again; figures are not asked for.
const known = new Map<string, number>();

export function textWidth(text: string, size: number, weight: number): number {
  const key = `${weight} ${size} ${text}`;
  let width = known.get(key);
  if (width === undefined) {
    if (known.size > 20_000) known.clear();
    width = measure(text, size, weight);
    known.set(key, width);
  }
  return width;
}

/** Forgets all widths: they were of other letters. */
export const forget = () => known.clear();

function measure(text: string, size: number, weight: number): number {
  if (pen === undefined) {
    pen = document.createElement("canvas").getContext("2d");
    family = getComputedStyle(document.body).fontFamily;
  }
  if (!pen) return text.length * size * 0.58;
  // The page's figures are all as wide as each other; a canvas has the narrow 1.
  text = text.replaceAll("1", "0");
  pen.font = `${weight} ${size}px ${family}`;
  return pen.measureText(text).width;
}

/** The text, shortened with … to fit a width. */
export function fit(text: string, width: number, size: number, weight: number): string {
  if (textWidth(text, size, weight) <= width) return text;
  let n = text.length;
  while (n > 1 && textWidth(text.slice(0, n) + "…", size, weight) > width) n--;
  return text.slice(0, n) + "…";
}
