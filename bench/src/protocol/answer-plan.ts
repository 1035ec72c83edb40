/** What the mock service says in a response, written into the address: no command has to reach it first. */
export type AnswerPlan = {
  /** Audio deltas of a response. */
  deltas: number;
  /** Milliseconds of audio in each, at 24 kHz. */
  deltaMs: number;
  /** Time from one delta to the next; 0 is as fast as they are taken. */
  intervalMs: number;
};

export function toBasePath(plan: AnswerPlan): string {
  return `/${Buffer.from(JSON.stringify(plan)).toString('base64url')}/v1`;
}

/** The plan and what stands behind the prefix; `undefined` for a path that holds none. */
export function readPath(path: string): { plan: AnswerPlan; endpoint: string } | undefined {
  const match = /^\/([\w-]+)\/v1(\/[^?]*)/.exec(path);
  if (match === null) return undefined;
  const [, text = '', endpoint = ''] = match;
  return {
    plan: JSON.parse(Buffer.from(text, 'base64url').toString()) as AnswerPlan,
    endpoint,
  };
}
