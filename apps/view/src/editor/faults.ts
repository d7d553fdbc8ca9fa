// What is wrong with a script, at its place: the node's issues in the editor.

import { linter, lintGutter, type Action, type Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Fix, Issue } from "../answers";
import * as ask from "./ask";
import type { Current } from "./offer";
import { offsetOf, rangeOf } from "./places";

export interface Listener {
  checked(issues: Issue[], text: string): void;
  unchecked(why: string): void;
  explain(code: string): void;
}

/** Checks a moment after the last key, and tells the listener what was found. */
export function faults(current: Current, to: Listener) {
  const check = async (view: EditorView): Promise<Diagnostic[]> => {
    const doc = view.state.doc;
    const text = doc.toString();
    if (text.trim() === "") {
      to.checked([], text);
      return [];
    }
    const { value, problem } = await ask.check(current(text));
    if (!value) {
      to.unchecked(problem?.detail ?? problem?.title ?? "");
      return [];
    }
    if (view.state.doc.eq(doc)) to.checked(value.items, text);
    const own = current(text).name + ".calvin";
    return value.items.filter((i) => i.severity !== "note").map((i) => diagnostic(doc, i, own, to));
  };
  return [linter(check, { delay: 350 }), lintGutter()];
}

/** Where an issue is in the text: that of a file it includes is where it includes it. */
export function spotOf(doc: Text, issue: Issue, own: string): { from: number; to: number } {
  if (issue.file !== own) {
    const name = issue.file.replace(/\.calvin$/, "");
    for (let n = 1; n <= doc.lines; n++) {
      const line = doc.line(n);
      if (line.text.match(/^\s*include\s+(\S+)/)?.[1] === name) return { from: line.from, to: line.to };
    }
    return { from: 0, to: 0 };
  }
  const from = offsetOf(doc, issue.line, issue.col);
  const to = issue.endLine ? offsetOf(doc, issue.endLine, issue.endCol ?? 1) : from;
  const end = doc.lineAt(from).to;
  return { from, to: Math.max(Math.min(to, Math.max(end, from)), Math.min(from + 1, end)) };
}

function diagnostic(doc: Text, issue: Issue, own: string, to: Listener): Diagnostic {
  return {
    ...spotOf(doc, issue, own),
    severity: issue.severity === "error" ? "error" : "warning",
    message: issue.msg,
    ...(issue.code ? { source: issue.code } : {}),
    renderMessage: () => told(issue, own, to),
    actions: (issue.fixes ?? []).map((fix): Action => ({ name: fix.title, apply: (view) => mend(view, fix) })),
  };
}

function told(issue: Issue, own: string, to: Listener): Node {
  const box = document.createElement("span");
  box.append(issue.file === own ? issue.msg : `${issue.file}:${issue.line}: ${issue.msg}`);
  if (issue.hint) {
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = issue.hint;
    box.append(hint);
  }
  if (issue.code) {
    const more = document.createElement("button");
    more.type = "button";
    more.className = "more";
    more.textContent = "Why is that wrong? (" + issue.code + ")";
    more.addEventListener("click", () => to.explain(issue.code!));
    box.append(more);
  }
  return box;
}

/** Makes the edits of a fix, all at once. */
export function mend(view: EditorView, fix: Fix) {
  const doc = view.state.doc;
  view.dispatch({ changes: fix.edits.map((e) => ({ ...rangeOf(doc, e), insert: e.text })), userEvent: "input.fix" });
  view.focus();
}
