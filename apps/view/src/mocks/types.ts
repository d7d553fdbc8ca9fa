// A device that is made of nothing, as package control says it.

export type Form = "number" | "integer" | "switch" | "button" | "knob" | "bool" | "text" | "any";
export type FaultKind = "stuck" | "drift" | "out-of-range" | "silence";

export interface Mock {
  node: string;
  name: string;
  doc: string;
  use: "read" | "watch" | "write";
  form: Form;
  unit?: string;
  min: number; // both 0: any
  max: number;
  sensor?: boolean; // it has a signal of its own
  actors: string[];
  faults: FaultKind[];
  value?: unknown;
  hidden?: boolean; // who looks may not see what it says
  silent?: boolean;
  held?: boolean; // a sensor that reads what it was set to
  plays?: MockPlays;
  fault?: MockFault;
  writes: number;
  written?: MockWrite[]; // newest first
  by?: string;
  byAt?: string;
}

export interface MockWrite {
  at: string;
  value: unknown;
}

export interface MockPlays {
  name: string;
  since: string;
  length: number; // of one round, in seconds
}

export interface MockFault {
  kind: FaultKind;
  for?: number; // seconds
  perMinute?: number;
  value?: unknown;
  since?: string;
  until?: string;
}

/** What a mock shall do: exactly one of these. */
export interface Drive {
  set?: unknown;
  play?: MockTrace;
  fault?: MockFault;
  mend?: boolean;
  clear?: boolean;
}

export interface MockTrace {
  name: string;
  values: unknown[];
  times?: number[]; // seconds
  every?: number; // seconds
  speed?: number;
  once?: boolean;
}

export const idOf = (m: Mock) => m.node + "/" + m.name;
export const ranged = (m: Mock) => m.min < m.max;
