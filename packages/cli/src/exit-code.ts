/** What the process ends with. The README documents every one of them. */
export const EXIT = {
  ok: 0,
  /** Anything no other code names: a full disk, text the service refused, a fault of the service. */
  failure: 1,
  /** The command, an option, the settings or the text are not right. */
  usage: 2,
  /** No key, a wrong one, no balance, no right to the model. */
  authentication: 3,
  /** Nobody answered, the connection broke, or what answered is not the service. */
  network: 4,
  /** The service asks to come back later: rate limit, overload. */
  busy: 5,
  hangup: 129,
  interrupted: 130,
  /** Whoever read the output closed it; the code a shell shows for SIGPIPE. */
  readerGone: 141,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
