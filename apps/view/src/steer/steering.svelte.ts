// Which thing somebody is about to change. The dialogues that ask come when the
// first is opened; until somebody says yes in one, nothing is done.

import { tick } from "svelte";

export type What = "move" | "scale" | "resume" | "drain" | "undrain" | "stop";

class Steering {
  what = $state<What>();
  id = $state(""); // of the actor, host or application
  to = $state(""); // the host that it was dropped on; "": none
  said = $state(""); // what was agreed last, for the eye and the ear
  #back: HTMLElement | undefined;

  open(what: What, id: string, to = "") {
    this.#back = document.activeElement instanceof HTMLElement || document.activeElement instanceof SVGElement ? (document.activeElement as HTMLElement) : undefined;
    [this.what, this.id, this.to, this.said] = [what, id, to, ""];
  }

  /** Closes the dialogue, and gives the keyboard back to where it came from. */
  close(said = "") {
    [this.what, this.said] = [undefined, said];
    // Behind a dialogue that is open nothing takes the keyboard.
    void tick().then(() => this.#back?.isConnected && this.#back.focus());
  }
}

export const steering = new Steering();
