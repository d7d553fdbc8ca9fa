// The types of what the page asks the control API for beside the stream
// (runtime/control): how things were, what the editor is told of a script, what
// would come of steering something.

import type { Endpoint } from "./types";

export interface Timeline {
  at: string;
  node: string;
  since: string;
  spans: Span[];
}

export interface Span {
  node?: string;
  state: string;
  why?: string;
  from: string;
  until?: string;
}

export interface Certificates {
  at: string;
  items: Certificate[];
  silent?: Silence[];
}

export interface Silence {
  node: string;
  why: string;
}

export interface Certificate {
  nodes: string[];
  use: string;
  name: string;
  uri?: string;
  role?: string;
  group?: string;
  hosts?: string[];
  serial?: string;
  from: string;
  until: string;
  left: number;
  state: string;
  renews?: string;
  failed?: string;
  mend?: string;
}

export interface Issue {
  file: string;
  line: number;
  col: number;
  severity: string;
  code?: string;
  msg: string;
  hint?: string;
  endLine?: number;
  endCol?: number;
  fixes?: Fix[];
}

export interface Fix {
  title: string;
  edits: TextEdit[];
}

export interface Range {
  line: number;
  col: number;
  endLine: number;
  endCol: number;
}

export interface TextEdit {
  line: number;
  col: number;
  endLine: number;
  endCol: number;
  text: string;
}

export interface Completion {
  line: number;
  col: number;
  endLine: number;
  endCol: number;
  text: string;
  label: string;
  kind: string;
  detail?: string;
  doc?: string;
  filter?: string;
  snippet?: boolean;
}

export interface Hover {
  line: number;
  col: number;
  endLine: number;
  endCol: number;
  text: string;
}

export interface Explanation {
  code: string;
  title: string;
  why: string;
  bad: string;
  good: string;
}

export interface Link {
  from: Endpoint;
  to: Endpoint;
}

export interface PlanResult {
  app: string;
  actors: Planned[];
  links: Link[];
  issues?: Issue[];
  linksAdded?: Link[];
  linksRemoved?: Link[];
}

export interface Planned {
  id: string;
  type: string;
  change: string;
  node: string;
  from?: string;
  why?: string[];
  difference?: string;
  changes?: string[];
}

export interface Choice {
  node: string;
  here?: boolean;
  fit: boolean;
  why?: string;
  along?: Going[];
}

export interface Spec {
  name: string;
  doc: string;
  args?: ArgSpec[];
  in?: Port[];
  out?: Port[];
  requires?: string[];
}

export interface Port {
  name: string;
  doc?: string;
  kind?: string;
}

export interface ArgSpec {
  name: string;
  doc?: string;
  kind?: string;
  required?: boolean;
}

export interface Going {
  actor: string;
  from?: string;
  to?: string;
}
