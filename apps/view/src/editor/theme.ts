// How the editor looks. Its styles live in a shadow root, as style sheets that
// are made by script: the content policy lets no <style> into the page. The
// page's variables reach in, and so do light and dark.

import { EditorView } from "@codemirror/view";

const mark = (colour: string) => ({ backgroundImage: "none", textDecoration: `underline wavy ${colour} 1.2px`, textUnderlineOffset: "3px", paddingBottom: "0" });
const sign = (text: string, colour: string) => ({ content: `"${text}"`, color: colour, fontWeight: "700", fontSize: "12px", lineHeight: "1.6" });

export const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", color: "var(--ink)", backgroundColor: "var(--surface)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "1.6px" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--code-line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--code-selected)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-tint)", outline: "1px solid var(--accent)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-tint)" },
  ".cm-snippetField": { backgroundColor: "var(--accent-tint)" },
  ".cm-placeholder": { color: "var(--soft)" },

  ".cm-lintRange-error": mark("var(--bad)"),
  ".cm-lintRange-warning": mark("var(--warn)"),
  ".cm-lintRange-active": { backgroundColor: "var(--warn-tint)" },
  ".cm-lintPoint:after": { borderBottomColor: "var(--bad)" },
  ".cm-gutter-lint": { width: "1.5em" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "0 0 0 .35em" },
  ".cm-lint-marker": { width: "1em", height: "auto" },
  ".cm-lint-marker-error, .cm-lint-marker-warning": { content: "normal" },
  ".cm-lint-marker-error:before": sign("✕", "var(--bad)"),
  ".cm-lint-marker-warning:before": sign("!", "var(--warn)"),

  ".cm-tooltip": { fontFamily: "var(--sans)", fontSize: "13px", lineHeight: "1.45", color: "var(--ink)", backgroundColor: "var(--raised)", border: "1px solid var(--line-strong)", borderRadius: "9px", boxShadow: "0 6px 24px rgb(0 0 0 / 16%)", overflow: "hidden", maxWidth: "520px" },
  ".cm-tooltip.cm-tooltip-hover": { padding: "0" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12.5px", maxHeight: "15em", minWidth: "240px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 10px 2px 4px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { background: "var(--accent-tint)", color: "var(--ink)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700", color: "var(--accent)" },
  ".cm-completionDetail": { fontFamily: "var(--sans)", fontStyle: "normal", color: "var(--soft)", marginLeft: "12px" },
  ".cm-completionIcon": { color: "var(--soft)", opacity: "1" },
  ".cm-tooltip.cm-completionInfo": { padding: "0", maxWidth: "420px", maxHeight: "20em", overflow: "auto" },

  ".note": { padding: "9px 12px", maxHeight: "18em", overflow: "auto" },
  ".note > *": { margin: "0 0 6px" },
  ".note > *:last-child": { margin: "0" },
  ".note ul": { paddingLeft: "18px" },
  ".note hr": { border: "0", borderTop: "1px solid var(--line)" },
  ".note pre, .note code": { fontFamily: "var(--mono)", fontSize: "12px" },
  ".note pre": { padding: "6px 8px", borderRadius: "6px", backgroundColor: "var(--host)", overflowX: "auto", whiteSpace: "pre-wrap" },

  ".cm-tooltip-lint": { padding: "0", margin: "0" },
  ".cm-diagnostic": { padding: "8px 12px", borderLeftWidth: "4px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
  ".cm-diagnosticSource": { display: "none" },
  ".cm-diagnosticText .hint": { display: "block", color: "var(--soft)", marginTop: "2px" },
  ".cm-diagnosticText .more": { display: "block", marginTop: "4px", padding: "0", border: "0", background: "none", font: "inherit", fontSize: "12px", color: "var(--accent)", textDecoration: "underline", cursor: "pointer" },
  ".cm-diagnosticAction": { font: "inherit", fontSize: "12px", margin: "6px 6px 0 0", padding: "2px 10px", borderRadius: "7px", border: "1px solid var(--accent)", backgroundColor: "var(--raised)", color: "var(--accent)", cursor: "pointer" },
});
