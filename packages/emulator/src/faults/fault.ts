import * as v from 'valibot';

const milliseconds = v.pipe(v.number(), v.minValue(0), v.maxValue(3_600_000));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * How far a speech socket has come: `open` (upgraded, nothing sent), `connected` (`tts.connection.done` sent), `created`
 * (`tts.response.created` sent), `audio` (a first audio delta sent), `text-done` (`tts.text.done` received). In a realtime
 * conversation `connected` is `session.created`, `text-done` the end of the user's first turn, `created` the first
 * `response.created`.
 */
export const SOCKET_STAGES = ['open', 'connected', 'created', 'audio', 'text-done'] as const;

/** Where in an answer a fault strikes; the first that fits. */
const position = {
  /** After so many bytes of the body, or of the socket after its handshake. */
  bytes: v.optional(count),
  /** After so many server-sent events or socket frames. */
  events: v.optional(count),
  /** When a socket reaches this stage. */
  at: v.optional(v.picklist(SOCKET_STAGES)),
};

/** Codes that a close frame may carry (RFC 6455, 7.4), and 1005 and 1006 for a close without code or without frame. */
function isCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1014 && code !== 1004) || (code >= 3000 && code <= 4999);
}

function fault<Kind extends string, Entries extends v.ObjectEntries>(kind: Kind, entries: Entries) {
  return v.strictObject({ kind: v.literal(kind), ...entries });
}

/** One kind of trouble; the README's table says what each does. */
export const Fault = v.variant('kind', [
  fault('latency', { ms: milliseconds }),
  fault('jitter', { ms: milliseconds }),
  fault('slow-read', { ms: milliseconds }),
  fault('status', {
    status: v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)),
    body: v.optional(v.picklist(['service', 'html', 'text', 'json', 'empty'])),
    type: v.optional(v.string()),
    message: v.optional(v.string()),
    retryAfter: v.optional(v.union([v.pipe(v.number(), v.minValue(0)), v.string()])),
  }),
  fault('redirect', {
    to: v.pipe(v.string(), v.url()),
    status: v.optional(v.picklist([301, 302, 303, 307, 308])),
  }),
  fault('huge', { bytes: v.optional(v.pipe(count, v.minValue(1))) }),
  fault('cut', { ...position, how: v.optional(v.picklist(['fin', 'reset', 'end'])) }),
  fault('stall', position),
  fault('tiny-writes', { bytes: v.optional(v.pipe(count, v.minValue(1))) }),
  fault('odd-splits', {}),
  fault('line-ends', { as: v.picklist(['crlf', 'cr']) }),
  fault('missing-end', { from: v.optional(v.picklist(['marker', 'done'])) }),
  fault('error-event', {
    events: position.events,
    at: position.at,
    message: v.optional(v.string()),
    code: v.optional(v.union([v.string(), v.number()])),
  }),
  fault('malformed', {
    events: position.events,
    how: v.optional(v.picklist(['json', 'base64', 'half'])),
  }),
  fault('empty-delta', { events: position.events }),
  fault('close', {
    code: v.optional(v.pipe(v.number(), v.check(isCloseCode, 'no close code that can be sent'))),
    reason: v.optional(v.pipe(v.string(), v.maxBytes(123))),
    events: position.events,
    at: position.at,
  }),
]);

export type Fault = v.InferOutput<typeof Fault>;
export type FaultKind = Fault['kind'];
export type FaultOf<Kind extends FaultKind> = Extract<Fault, { kind: Kind }>;
export type SocketStage = (typeof SOCKET_STAGES)[number];

/** Length of a `huge` answer that names none. */
export const HUGE_BYTES = 100_000_000;
/** Length of the pieces of `odd-splits`: odd, so that every second one begins inside a 16-bit sample. */
export const ODD_PIECE_BYTES = 997;

/** The parameter that a bare value means in the compact form: `latency:300`. */
const MAIN_PARAMETER: Partial<Record<string, string>> = {
  latency: 'ms',
  jitter: 'ms',
  'slow-read': 'ms',
  status: 'status',
  redirect: 'to',
  huge: 'bytes',
  cut: 'bytes',
  stall: 'bytes',
  'tiny-writes': 'bytes',
  'line-ends': 'as',
  'missing-end': 'from',
  'error-event': 'message',
  malformed: 'how',
  'empty-delta': 'events',
  close: 'code',
};

/**
 * Reads one fault or several: an object, an array of objects, JSON text of either, or the compact form
 * `kind:value,name=value; kind …`, as in `status:429,retry-after=2` or `latency:300; cut:bytes=2000,how=reset`.
 *
 * @throws {FaultSyntaxError} naming the fault and what is allowed.
 */
export function parseFaults(raw: unknown): Fault[] {
  const value = typeof raw === 'string' ? readText(raw) : raw;
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map(checkFault);
}

/** A fault, or a rule about faults, that cannot be understood. */
export class FaultSyntaxError extends Error {
  override name = 'FaultSyntaxError';
}

function readText(text: string): unknown {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed))
    return trimmed
      .split(';')
      .filter((part) => part.trim() !== '')
      .map(readCompact);
  try {
    return JSON.parse(trimmed) as unknown;
  } catch {
    throw new FaultSyntaxError('The fault looks like JSON but cannot be parsed as JSON.');
  }
}

function readCompact(part: string): Record<string, unknown> {
  const colon = part.indexOf(':');
  const kind = (colon < 0 ? part : part.slice(0, colon)).trim();
  const fields: Record<string, unknown> = { kind };
  if (colon < 0) return fields;
  for (const [index, piece] of part
    .slice(colon + 1)
    .split(',')
    .entries()) {
    const equals = piece.search(/^\s*[a-z-]+=/) < 0 ? -1 : piece.indexOf('=');
    const name = equals < 0 ? MAIN_PARAMETER[kind] : toCamelCase(piece.slice(0, equals).trim());
    if (name === undefined || (equals < 0 && index > 0)) {
      throw new FaultSyntaxError(
        `Fault "${clip(kind)}": parameters are written name=value, separated by commas.`,
      );
    }
    const value = piece.slice(equals + 1).trim();
    fields[name] = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
  }
  return fields;
}

function checkFault(value: unknown): Fault {
  const result = v.safeParse(Fault, value, { abortEarly: true });
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  const kind = (value as { kind?: unknown } | null)?.kind;
  const subject = typeof kind === 'string' && path !== 'kind' ? `Fault "${clip(kind)}"` : 'A fault';
  throw new FaultSyntaxError(`${subject}: ${path ?? 'value'}: ${issue.message}`);
}

function toCamelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
