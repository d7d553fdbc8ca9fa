// The panels around the graph. To add one, write a file under panels/ that
// reads `live`, and add its line here.

import type { Component } from "svelte";
import Details from "./panels/Details.svelte";
import Events from "./panels/Events.svelte";
import Links from "./panels/Links.svelte";
import Majority from "./panels/Majority.svelte";
import Refusals from "./panels/Refusals.svelte";
import Strip from "./panels/Strip.svelte";

export interface Panel {
  id: string;
  area: "top" | "side" | "below"; // over, beside or under the graph
  view: Component;
}

export const panels: Panel[] = [
  { id: "majority", area: "top", view: Majority },
  { id: "strip", area: "top", view: Strip },
  { id: "details", area: "side", view: Details },
  { id: "refusals", area: "side", view: Refusals },
  { id: "events", area: "side", view: Events },
  { id: "links", area: "below", view: Links },
];
