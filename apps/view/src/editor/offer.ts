// Completions and notes on what stands under the pointer, as the node gives them.

import { autocompletion, snippet, type Completion as Offer, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import type { EditorView, Tooltip } from "@codemirror/view";
import { hoverTooltip } from "@codemirror/view";
import type { Completion } from "../answers";
import * as ask from "./ask";
import { markdown } from "./markdown";
import { offsetOf, placeOf, rangeOf } from "./places";

/** What is written just now, as it is sent. */
export type Current = (text: string) => ask.Deployment;

// The editor's pictures beside completions, by our kinds.
const pictures: Record<string, string> = { "actor type": "class", component: "class", instance: "variable", constant: "constant", parameter: "variable", variable: "variable", "in-port": "property", "out-port": "property", argument: "property", property: "property", predicate: "function", rule: "function", group: "namespace", keyword: "keyword", value: "enum", include: "text" };

export function offers(current: Current) {
  return autocompletion({
    icons: true,
    closeOnBlur: true,
    maxRenderedOptions: 60,
    override: [(cx) => completions(cx, current)],
  });
}

async function completions(cx: CompletionContext, current: Current): Promise<CompletionResult | null> {
  const word = cx.matchBefore(/\w+/);
  const before = cx.state.sliceDoc(Math.max(0, cx.pos - 1), cx.pos);
  if (!cx.explicit && !word && !/[.:(,>@=]/.test(before)) return null;
  const { value } = await ask.complete(current(cx.state.doc.toString()), placeOf(cx.state.doc, cx.pos));
  if (!value?.items.length || cx.aborted) return null;
  const doc = cx.state.doc;
  const from = Math.min(...value.items.map((i) => offsetOf(doc, i.line, i.col)), cx.pos);
  const lead = (i: Completion) => doc.sliceString(from, offsetOf(doc, i.line, i.col));
  return {
    from,
    options: value.items.map((item, n) => offer(item, lead(item), doc.length - rangeOf(doc, item).to, n)),
    validFor: /^[\w.]*$/,
  };
}

/** One completion. The piece it replaces ends so far before the end of the text: more may be typed before. */
function offer(item: Completion, lead: string, behind: number, n: number): Offer {
  return {
    label: lead + (item.filter ?? item.label),
    displayLabel: item.label,
    type: pictures[item.kind] ?? "text",
    detail: item.detail ?? "",
    ...(item.doc ? { info: () => note(item.doc!) } : {}),
    boost: 99 - Math.min(n, 198),
    apply(view, chosen, from) {
      const to = view.state.doc.length - behind;
      const start = from + lead.length;
      if (item.snippet) snippet(fields(item.text))(view, chosen, start, to);
      else view.dispatch({ changes: { from: start, to, insert: item.text }, selection: { anchor: start + item.text.length }, userEvent: "input.complete" });
    },
  };
}

/** The places to fill in as the editor writes them: $1 and ${1} are the same. */
const fields = (text: string) => text.replace(/\$(\d+)/g, "$${$1}");

function note(text: string): HTMLElement {
  const e = document.createElement("div");
  e.className = "note";
  e.append(markdown(text));
  return e;
}

export function hovers(current: Current) {
  return hoverTooltip((view, pos) => hover(view, pos, current), { hideOnChange: true });
}

async function hover(view: EditorView, pos: number, current: Current): Promise<Tooltip | null> {
  const doc = view.state.doc;
  const { value } = await ask.hover(current(doc.toString()), placeOf(doc, pos));
  if (!value?.text) return null;
  return { pos: rangeOf(doc, value).from, end: rangeOf(doc, value).to, above: true, create: () => ({ dom: note(value.text) }) };
}
