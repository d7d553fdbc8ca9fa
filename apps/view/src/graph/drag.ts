// Moves an actor by pointer: its card is dragged onto a host. On the way each host
// says whether it is fit, and why not; where it is dropped, the dialogue of moving
// opens with that host chosen, says what goes along, and asks. Nothing moves before
// somebody says yes there, and by keyboard the same dialogue opens with m.

import type { Choice } from "../answers";
import { call } from "../steer/call";
import { hindered } from "../steer/hindered";
import { steering } from "../steer/steering.svelte";
import { local } from "../words";
import "./drag.css";

const slack = 6; // pixels that a press may slip before it is a drag
const edge = 48; // pixels from the border of the frame, from where on it scrolls
const stride = 14; // pixels that it then scrolls with each picture

/** One drag, from the press to the drop. */
interface Drag {
  card: SVGGElement;
  actor: string;
  pointer: number;
  from: { x: number; y: number; left: number; top: number };
  at: { x: number; y: number };
  ghost?: SVGGElement; // what follows the pointer; undefined: it has not slipped far enough yet
  choices?: Choice[]; // undefined: they are not known yet
}

export function drag(frame: HTMLElement): () => void {
  let now: Drag | undefined;
  let tag: HTMLElement | undefined; // what stands beside the pointer

  const down = (e: PointerEvent) => {
    const card = (e.target as Element).closest<SVGGElement>(".card:not(.group)");
    const actor = card?.dataset.at?.match(/^card (.+)$/)?.[1];
    // A finger scrolls; for it there is the button in the details.
    if (now || !card || !actor || e.button !== 0 || e.pointerType === "touch") return;
    now = { card, actor, pointer: e.pointerId, from: { x: e.clientX, y: e.clientY, left: frame.scrollLeft, top: frame.scrollTop }, at: { x: e.clientX, y: e.clientY } };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", end);
    addEventListener("keydown", key, true);
  };

  const move = (e: PointerEvent) => {
    if (!now || e.pointerId !== now.pointer) return;
    now.at = { x: e.clientX, y: e.clientY };
    if (!now.ghost) {
      if (Math.hypot(e.clientX - now.from.x, e.clientY - now.from.y) < slack) return;
      begin(now);
    }
    show(now);
  };

  const up = (e: PointerEvent) => {
    if (!now || e.pointerId !== now.pointer) return;
    const { ghost, actor, card, choices } = now;
    const to = ghost && hostAt(now.at);
    end();
    if (!ghost) return;
    mute();
    if (!to || hindered("move") || choices?.some((c) => c.here && c.node === to)) return;
    card.focus({ preventScroll: true }); // which the keyboard comes back to from the dialogue
    steering.open("move", actor, to);
  };

  const key = (e: KeyboardEvent) => {
    if (e.key !== "Escape" || !now?.ghost) return;
    e.preventDefault();
    e.stopPropagation();
    end();
    addEventListener("pointerup", mute, { capture: true, once: true });
  };

  /** The click that comes of letting go is no choice of the card. */
  function mute() {
    const still = (c: Event) => c.stopPropagation();
    addEventListener("click", still, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", still, true));
  }

  /** From here on it is a drag. */
  function begin(d: Drag) {
    d.ghost = d.card.cloneNode(true) as SVGGElement;
    for (const name of ["role", "tabindex", "data-at", "aria-label", "aria-pressed"]) d.ghost.removeAttribute(name);
    d.ghost.setAttribute("aria-hidden", "true");
    d.ghost.classList.add("dragged");
    d.card.parentNode!.append(d.ghost);
    d.card.classList.add("left");
    frame.classList.add("held");
    tag = document.createElement("div");
    tag.className = "dragtag small";
    tag.ariaHidden = "true"; // the dialogue says the same
    document.body.append(tag);
    if (!hindered("move"))
      void call<{ items: Choice[] }>("GET", `/actors/${encodeURIComponent(d.actor)}/choices`).then(({ value, problem }) => {
        if (now !== d) return;
        d.choices = value?.items ?? [];
        for (const host of hosts()) host.classList.toggle("unfit", !problem && !d.choices.some((c) => c.node === idOf(host) && (c.fit || c.here)));
        show(d);
      });
    requestAnimationFrame(() => scroll(d));
  }

  /** Puts all where the pointer is. */
  function show(d: Drag) {
    const box = d.card.style.transform.match(/translate\(([-\d.]+)px, ([-\d.]+)px\)/);
    const scale = d.card.ownerSVGElement?.getScreenCTM()?.a || 1;
    const [dx, dy] = [d.at.x - d.from.x + frame.scrollLeft - d.from.left, d.at.y - d.from.y + frame.scrollTop - d.from.top];
    if (box) d.ghost!.style.transform = `translate(${Number(box[1]) + dx / scale}px, ${Number(box[2]) + dy / scale}px)`;
    const to = hostAt(d.at);
    for (const host of hosts()) host.classList.toggle("over", idOf(host) === to);
    tag!.textContent = words(d, to);
    tag!.style.left = Math.min(d.at.x + 16, innerWidth - tag!.offsetWidth - 8) + "px";
    tag!.style.top = Math.min(d.at.y + 18, innerHeight - tag!.offsetHeight - 8) + "px";
  }

  function words(d: Drag, to: string | undefined): string {
    const cant = hindered("move");
    if (cant) return "It stays: " + cant;
    const name = local(d.actor);
    if (!to) return `Drop ${name} on a host`;
    const c = d.choices?.find((c) => c.node === to);
    if (!d.choices) return `${to}: asking whether it is fit …`;
    if (!c) return to;
    if (c.here) return `${name} runs on ${to} now`;
    if (!c.fit) return `${to} is not fit: ${c.why ?? "it says not why"}`;
    return `Move ${name} to ${to}` + (c.along?.length ? `, with ${c.along.length} more` : "");
  }

  // A host that is out of the frame can be reached all the same.
  function scroll(d: Drag) {
    if (now !== d) return;
    const r = frame.getBoundingClientRect();
    const by = (at: number, low: number, high: number) => (at < low + edge ? -stride : at > high - edge ? stride : 0);
    const [x, y] = [by(d.at.x, r.left, r.right), by(d.at.y, r.top, r.bottom)];
    if (x || y) {
      const was = [frame.scrollLeft, frame.scrollTop];
      frame.scrollBy(x, y);
      if (was[0] !== frame.scrollLeft || was[1] !== frame.scrollTop) show(d);
    }
    requestAnimationFrame(() => scroll(d));
  }

  const hosts = () => [...frame.querySelectorAll<SVGGElement>(".host")];
  const idOf = (host: SVGGElement) => host.querySelector<SVGGElement>("[data-at]")?.dataset.at?.slice("host ".length) ?? "";

  /** The host whose box is at a point of the window. */
  function hostAt(p: { x: number; y: number }): string | undefined {
    const inside = (r: DOMRect) => p.x >= r.left && p.x <= r.right && p.y >= r.top && p.y <= r.bottom;
    if (!inside(frame.getBoundingClientRect())) return undefined;
    const host = hosts().find((h) => inside(h.querySelector(".box")!.getBoundingClientRect()));
    return host && idOf(host);
  }

  function end() {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", end);
    removeEventListener("keydown", key, true);
    now?.ghost?.remove();
    now?.card.classList.remove("left");
    if (now?.ghost) frame.classList.remove("held");
    for (const host of hosts()) host.classList.remove("over", "unfit");
    tag?.remove();
    now = tag = undefined;
  }

  frame.addEventListener("pointerdown", down);
  return () => (end(), frame.removeEventListener("pointerdown", down));
}
