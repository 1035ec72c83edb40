/** Whose client is measured: ours, or the one somebody writes with `ws` and `fetch` from the service's documentation. */
export const CLIENTS = ['ours', 'by hand'] as const;
export type ClientName = (typeof CLIENTS)[number];

/** What a measured process is asked to do. */
export type Task = { client: ClientName; baseUrl: string } & (
  | { kind: 'overhead'; deltas: number }
  | { kind: 'upload'; transport: 'events' | 'socket'; minutes: number }
  | { kind: 'sessions'; sessions: number; forMs: number; deltas: number }
);

/** What it answers. */
export type TaskResults = {
  /** For each audio delta, milliseconds from the socket's event to the samples in the listener's hands. */
  overhead: { overheadMs: number[] };
  /** Processor time, user and system. */
  upload: { cpuMs: number };
  sessions: {
    /** How late the event loop turned, 99th percentile. */
    lagMs: number;
    /** Resident memory that the sessions added, each. */
    bytesPerSession: number;
    cpuMs: number;
  };
};
