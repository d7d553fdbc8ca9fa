// The types of the control API's stream (runtime/control/types.go), as far as the
// page shows them, and of its problems. What the page asks for by itself is in
// answers.ts. Fields may be missing where Go leaves out what is empty.

import type { Issue } from "./answers";

export type State = "running" | "starting" | "waiting" | "shadow" | "faulted" | "stopped";

export interface Snapshot {
  at: string;
  node: string;
  nodes: NodeState[];
  apps: App[];
  actors: ActorState[];
  links: LinkState[];
  refusals: Refusal[];
  alarms: Alarm[];
  events: Event[];
  chain?: ChainState;
  chains?: ChainState[];
  checks?: ChecksState[];
  register?: RegisterState;
  store?: StoreState;
}

export interface NodeState {
  id: string;
  boot: number;
  door: string;
  control: string;
  attributes?: Record<string, Record<string, string>>;
  capabilities?: string[];
  up: boolean;
  since: string;
  why?: string;
  suspected?: boolean;
  draining?: boolean;
  leaving?: boolean;
  voter?: boolean;
  leads?: boolean;
  zone?: string;
  load?: NodeLoad;
  facts?: NodeFacts;
}

export interface NodeFacts {
  at: string;
  started: string;
  version?: string;
  cores: number;
  cpu: number;
  processCPU: number;
  memory?: number;
  memoryUsed?: number;
  resident?: number;
  diskFree?: number;
  disk?: number;
  goroutines: number;
  files?: number;
  maxFiles?: number;
  syncs?: number;
  syncSlowest?: number;
  skew: number;
  peers?: PeerState[];
}

export interface PeerState {
  node: string;
  rtt: number;
  skew: number;
  at?: string;
  why?: string;
}

export interface NodeLoad {
  cores: number;
  memory: number;
  cpuUsed: number;
  memoryUsed: number;
}

export interface App {
  name: string;
  state: State;
  why?: string;
  by: string;
  at: string;
  version: number;
  revision?: number;
  script?: string;
  includes?: Record<string, string>;
  actors: number;
  running: number;
}

export interface ActorState {
  id: string;
  app: string;
  type: string;
  node?: string;
  epoch: number;
  state: State;
  why?: string[];
  in?: string[];
  out?: string[];
  speaks?: string;
  firings: number;
  perSecond: number;
  errors: number;
  lastError?: string;
  letters?: number;
  judged?: Judged;
  stays?: string;
  pinned?: Pin;
  replica?: Replica;
  replicas?: number;
  scaling?: string;
  local?: boolean;
  exclusive?: boolean;
  lease?: Lease;
  spool?: SpoolState;
}

export interface Pin {
  node: string;
  by: string;
  at?: string;
}

export interface Replica {
  of: string;
  number: number;
  node?: string;
  ending?: boolean;
}

export interface Lease {
  node: string;
  left: number;
}

export interface SpoolState {
  tokens: number;
  bytes: number;
  oldest?: number;
  dropped?: number;
  maxBytes?: number;
  maxTokens?: number;
  overflow?: string;
}

export interface Judged {
  rule: string;
  version: number;
  epoch: number;
  block: number;
  accepted: number;
  refused?: Record<string, number>;
}

export interface Endpoint {
  actor: string;
  port: string;
}

export interface Identity {
  uri: string;
  role: string;
  name: string;
  epc?: string;
  group?: string;
  notAfter: string;
}

export interface LinkState {
  id: string;
  app: string;
  from: Endpoint;
  to: Endpoint;
  fromNode?: string;
  toNode?: string;
  tokens: number;
  bytes: number;
  perSecond: number;
  held: number;
  window: number;
  resent?: number;
  oldest?: number;
  up: boolean;
  peer?: Identity;
  taker?: Identity;
  refused?: string;
  refusals?: number;
  closing?: boolean;
  spool?: SpoolState;
}

export interface Refusal {
  at: string;
  actor: string;
  device: string;
  group?: string;
  stream: string;
  kind: string;
  name: string;
  value: string;
  reason: string;
  clause: string;
  rule: string;
  version: number;
  epoch: number;
  block: number;
  outline?: boolean;
}

export interface ChainState {
  id: number;
  node: string;
  seen?: string;
  head: number;
  finalized: number;
  age: number;
  manager: string;
  epoch: number;
  ready: boolean;
  why?: string;
  judging?: Judging;
}

export interface Judging {
  rules: number;
  paused?: boolean;
  native: boolean;
  accepted_total: number;
  refused_total: number;
  later_total: number;
  checked_total: number;
  disagreed_total: number;
  unchecked_total: number;
}

export interface RegisterState {
  leader: string;
  term: number;
  index: number;
  voters: string[];
  quorum: boolean;
  why?: string;
  lostSince?: string;
  members?: VoterState[];
  mayLose: number;
  changing?: string;
}

export interface VoterState {
  node: string;
  up: boolean;
  since?: string;
}

export interface StoreState {
  readings: number;
  windows: number;
  refused: number;
  waiting: number;
  bytes: number;
}

export interface Event {
  seq: number;
  at: string;
  kind: string;
  text: string;
  bad?: boolean;
  node?: string;
  about?: string;
  app?: string;
  actor?: string;
  link?: string;
  peer?: string;
}

export interface Alarm {
  at: string;
  kind: string;
  who: string;
  device: string;
  stream: string;
  text: string;
  actor: string;
  until?: string;
  outline?: boolean;
}

export interface ChecksState {
  node: string;
  log: string;
  contract?: string;
  chain?: number;
  size: number;
  anchored: number;
  block: number;
  at?: string;
  since?: string;
  sending: number;
  problem?: string;
}

export interface Problem {
  title: string;
  status: number;
  detail?: string;
  hint?: string;
  issues?: Issue[];
  elsewhere?: string[];
}

export interface Caller {
  role: string;
}
