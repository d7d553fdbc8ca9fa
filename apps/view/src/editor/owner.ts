// What the keys of an editor do to its sheet.

import * as ask from "./ask";
import { placeOf } from "./places";
import type { Owner } from "./view";
import { work, type Sheet } from "./work.svelte";

export function ownerOf(sheet: Sheet, replace: (text: string) => void): Owner {
  return {
    current: (text) => sheet.deployment(text),
    changed: (text) => ([sheet.text, sheet.said] = [text, ""]),
    plan() {
      work.aside = "plan";
      void sheet.plan();
    },
    format: () => void format(sheet, replace),
    about: (doc, offset) => void work.tell(sheet, doc.toString(), placeOf(doc, offset)),
    explain: (code) => void work.explain(code),
    checked: (issues, text) => ([sheet.issues, sheet.checked, sheet.unchecked] = [issues, text, ""]),
    unchecked: (why) => (sheet.unchecked = why),
  };
}

/** Puts a sheet's text in the one style. */
export async function format(sheet: Sheet, replace: (text: string) => void) {
  const was = sheet.text;
  const { value, problem } = await ask.format(sheet.deployment());
  if (!value) sheet.said = "Not formatted: " + (problem?.issues ? "mend the mistakes first" : (problem?.detail ?? problem?.title));
  else if (sheet.text !== was) sheet.said = "Not formatted: the text has changed meanwhile";
  else {
    replace(value.script);
    sheet.said = "Formatted";
  }
}
