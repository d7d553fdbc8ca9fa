// Which thing somebody is about to change. The dialogues that ask come when the
// first is opened; until somebody says yes in one, nothing is done.

import { tick } from "svelte";
import { live } from "../live.svelte";

export type What = "move" | "scale" | "resume" | "drain" | "undrain" | "stop";

class Steering {
  what = $state<What>();
  id = $state(""); // of the actor, host or application
  said = $state(""); // what was agreed last, for the eye and the ear
  #back: HTMLElement | undefined;

  open(what: What, id: string) {
    this.#back = document.activeElement instanceof HTMLElement || document.activeElement instanceof SVGElement ? (document.activeElement as HTMLElement) : undefined;
    [this.what, this.id, this.said] = [what, id, ""];
  }

  /** Closes the dialogue, and gives the keyboard back to where it came from. */
  close(said = "") {
    [this.what, this.said] = [undefined, said];
    // Behind a dialogue that is open nothing takes the keyboard.
    void tick().then(() => this.#back?.isConnected && this.#back.focus());
  }
}

export const steering = new Steering();

/** Why something can't be asked for just now, or "". The node decides in any case. */
export function hindered(action: string): string {
  if (live.snapshot?.register?.quorum === false) return "not without a majority of voters: the banner says who is missing";
  if (!live.may(action)) return live.role === "staff" ? `your certificate has no right to “${action}” here: wardflow policy show prints the rules` : "you only watch here: log in with a staff certificate to change anything";
  return "";
}
