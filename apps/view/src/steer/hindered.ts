// Who may not, and why: said beside what they can't do.

import { live } from "../live.svelte";

/** Why something can't be asked for just now, or "". The node decides in any case. */
export function hindered(action: string): string {
  if (live.snapshot?.register?.quorum === false) return "not without a majority of voters: the banner says who is missing";
  if (!live.may(action)) return live.role === "staff" ? `your certificate has no right to “${action}” here: wardflow policy show prints the rules` : "you only watch here: log in with a staff certificate to change anything";
  return "";
}
