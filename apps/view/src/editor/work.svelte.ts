// The scripts that are open, which outlive their tab: their texts, what is wrong
// with them, and the plans that were asked for. They are kept in this page only,
// since scripts may name patients; the browser asks before it throws one away.

import type { EditorState } from "@codemirror/state";
import { live } from "../live.svelte";
import { call } from "../steer/call";
import { Doing } from "../steer/doing.svelte";
import type { Explanation, Hover, Issue, PlanResult } from "../answers";
import type { App, Problem } from "../types";
import * as ask from "./ask";
import type { Place } from "./places";

/** Which deployment of its name an application is, for people: 1, 2, 3. A register
 *  of an older node does not count them; then it is the version. */
export const revision = (app: App) => app.revision ?? app.version;

export type Aside = "problems" | "plan" | "about" | "types" | "included";

/** A plan, and the text it is of. */
export interface Planning {
  of: string;
  against: number; // the revision that ran then; 0: none
  at: Date;
  result?: PlanResult;
  problem?: Problem;
}

export class Sheet {
  name = $state(""); // of the application
  text = $state("");
  base = $state(""); // as it runs, or was opened
  includes = $state.raw<Record<string, string>>({});
  revision = $state(0); // that ran when it was opened; 0: none
  issues = $state.raw<Issue[]>([]);
  checked = $state<string>(); // the text that the issues are of
  unchecked = $state(""); // why it could not be checked
  planning = $state.raw<Planning>();
  planned = $state(false); // a plan is being asked for
  said = $state(""); // of formatting and the like
  deployed = $state.raw<App>();
  readonly deploying = new Doing<App>();
  readonly id: number;
  state: EditorState | undefined; // of the editor, with its past, while another sheet is shown

  constructor(id: number, name: string, text: string, revision = 0, includes: Record<string, string> = {}) {
    this.id = id;
    [this.name, this.text, this.base, this.revision, this.includes] = [name, text, text, revision, includes];
  }

  get changed() {
    return this.text !== this.base;
  }

  get mistakes() {
    return this.issues.filter((i) => i.severity === "error");
  }

  get warnings() {
    return this.issues.filter((i) => i.severity === "warning");
  }

  /** As it is sent. */
  deployment(text = this.text): ask.Deployment {
    const has = Object.keys(this.includes).length > 0;
    return { name: this.name || "script", script: text, ...(has ? { includes: this.includes } : {}) };
  }

  /** Whether the plan is of the text as it stands. */
  get fresh() {
    return this.planning?.of === this.#key();
  }

  #key() {
    return JSON.stringify(this.deployment());
  }

  async plan() {
    if (this.planned) return;
    this.planned = true;
    const of = this.#key();
    const { value, problem } = await ask.plan(this.deployment());
    this.planned = false;
    this.deployed = undefined;
    this.deploying.problem = undefined;
    const runs = live.snapshot?.apps.find((a) => a.name === this.name);
    this.planning = { of, against: runs ? revision(runs) : 0, at: new Date(), ...(value ? { result: value } : {}), ...(problem ? { problem } : {}) };
    if (problem?.issues) [this.issues, this.checked] = [problem.issues, this.text];
  }

  /** Deploys what the plan is of: the text may have changed meanwhile. */
  async deploy(): Promise<boolean> {
    if (!this.fresh) return false;
    const { name, script, includes } = this.deployment();
    if (!(await this.deploying.go("POST", "/apps", { name, script, ...(includes ? { includes } : {}) }))) return false;
    [this.base, this.deployed] = [script, this.deploying.value];
    if (this.deployed) this.revision = revision(this.deployed);
    return true;
  }
}

export const appName = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

class Work {
  sheets = $state<Sheet[]>([]);
  shown = $state<Sheet>();
  aside = $state<Aside>("problems");
  about = $state.raw<{ title: string; page?: Explanation; text?: string; problem?: Problem }>();
  problem = $state.raw<Problem>(); // a script could not be opened
  #last = 0;

  constructor() {
    addEventListener("beforeunload", (e) => {
      if (this.sheets.some((s) => s.changed)) e.preventDefault();
    });
  }

  add(name: string, text: string, ran = 0, includes: Record<string, string> = {}): Sheet {
    this.sheets.push(new Sheet(++this.#last, name, text, ran, includes));
    const sheet = this.sheets.at(-1)!;
    this.shown = sheet;
    return sheet;
  }

  /** Opens the script of an application that runs, or the sheet that has it. */
  async open(name: string) {
    this.problem = undefined;
    const has = this.sheets.find((s) => s.name === name);
    if (has?.changed) {
      this.shown = has;
      return;
    }
    const { value, problem } = await call<App>("GET", "/apps/" + encodeURIComponent(name));
    if (!value) {
      this.problem = problem;
      return;
    }
    if (has && has.text === (value.script ?? "")) {
      this.shown = has;
      return;
    }
    if (has) this.close(has);
    this.add(name, value.script ?? "", revision(value), value.includes ?? {});
  }

  close(sheet: Sheet) {
    this.sheets = this.sheets.filter((s) => s !== sheet);
    if (this.shown === sheet) this.shown = this.sheets.at(-1);
  }

  async explain(code: string) {
    this.aside = "about";
    this.about = { title: code };
    const { value, problem } = await ask.explain(code);
    this.about = { title: code, ...(value ? { page: value } : {}), ...(problem ? { problem } : {}) };
  }

  async tell(sheet: Sheet, text: string, at: Place) {
    this.aside = "about";
    const { value, problem } = await ask.hover(sheet.deployment(text), at);
    this.about = { title: `Line ${at.line}`, text: (value as Hover | undefined)?.text || "There is nothing to say about what stands here.", ...(problem ? { problem } : {}) };
  }
}

export const work = new Work();
