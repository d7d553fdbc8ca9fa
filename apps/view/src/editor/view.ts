// The editor itself: CodeMirror with what a script needs, put together.

import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { forceLinting, lintKeymap, nextDiagnostic } from "@codemirror/lint";
import { EditorState, StateEffect, type Extension, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, placeholder } from "@codemirror/view";
import type { Fix, Issue } from "../answers";
import { faults, mend, spotOf, type Listener } from "./faults";
import { calvin } from "./language";
import { hovers, offers, type Current } from "./offer";
import { theme } from "./theme";

export interface Owner extends Listener {
  current: Current;
  changed(text: string): void;
  plan(): void;
  format(): void;
  about(doc: Text, offset: number): void;
}

const example = `# Nothing here yet. A script names actors, and joins their ports:

count : std.CountTimer(sleep=1)
log : io.Print()
count.integer > log.token`;

/** An editor in a shadow root below an element, on a state that may outlive it. */
export class Editor {
  readonly view: EditorView;
  #owner: Owner;

  constructor(under: HTMLElement, state: EditorState, owner: Owner) {
    const root = under.shadowRoot ?? under.attachShadow({ mode: "open" });
    this.#owner = owner;
    this.view = new EditorView({ state, root, parent: root as unknown as HTMLElement });
  }

  close() {
    this.view.destroy();
  }

  show(state: EditorState, owner: Owner) {
    this.#owner = owner;
    this.view.setState(state);
    forceLinting(this.view);
  }

  /** Goes to what is wrong. */
  jump(issue: Issue) {
    const { from, to } = spotOf(this.view.state.doc, issue, this.#own());
    this.view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    this.view.focus();
  }

  mend(fix: Fix) {
    mend(this.view, fix);
  }

  /** Puts another text in the place of this one, as one step that can be undone; the cursor stays about where it is. */
  replace(text: string) {
    const { state } = this.view;
    const was = state.doc.toString();
    let from = 0;
    while (from < was.length && from < text.length && was[from] === text[from]) from++;
    let end = 0;
    while (end < was.length - from && end < text.length - from && was[was.length - 1 - end] === text[text.length - 1 - end]) end++;
    if (from === was.length && from === text.length) return;
    this.view.dispatch({ changes: { from, to: was.length - end, insert: text.slice(from, text.length - end) }, userEvent: "input.format" });
  }

  /** Writes something at the cursor. */
  insert(text: string) {
    this.view.dispatch(this.view.state.replaceSelection(text));
    this.view.focus();
  }

  #own() {
    return this.#owner.current("").name + ".calvin";
  }
}

/** What an editor starts with: a text, or one that was put away with its past. */
export function stateOf(text: string, owner: Owner, was?: EditorState): EditorState {
  if (!was) return EditorState.create({ doc: text, extensions: all(owner) });
  return was.update({ effects: StateEffect.reconfigure.of(all(owner)) }).state;
}

function all(owner: Owner): Extension[] {
  return [
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    indentUnit.of("    "),
    bracketMatching(),
    closeBrackets(),
    calvin,
    offers(owner.current),
    hovers(owner.current),
    faults(owner.current, owner),
    placeholder(example),
    theme,
    keymap.of([
      { key: "Mod-Enter", run: () => (owner.plan(), true), preventDefault: true },
      { key: "Shift-Alt-f", run: () => (owner.format(), true), preventDefault: true },
      { key: "F1", run: (view) => (owner.about(view.state.doc, view.state.selection.main.head), true), preventDefault: true },
      { key: "F8", run: nextDiagnostic },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...lintKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      indentWithTab,
    ]),
    EditorView.contentAttributes.of(() => ({
      "aria-label": `Script of ${owner.current("").name || "a new application"}`,
      "aria-description": "Tab indents. Escape and then Tab leaves the editor. F8 goes to the next mistake, F1 tells about the name at the cursor, Control and Enter plans.",
      spellcheck: "false",
      tabindex: "0",
    })),
    EditorView.updateListener.of((u) => u.docChanged && owner.changed(u.state.doc.toString())),
    EditorView.lineWrapping,
  ];
}
