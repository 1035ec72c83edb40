/** A piece of audio, as both transports send it. */
export type AudioDelta = { audio: string; duration: number | undefined; isLast: boolean };

/**
 * Reads a message that is a piece of audio in its usual shape. Nearly all messages are, and the schema, which has the
 * say on every other, would take a tenth of all the time that goes into a stream.
 */
export function readAudioDelta(
  raw: unknown,
  expected: 'speech.audio.delta' | 'tts.response.audio.delta',
): AudioDelta | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { type, data } = raw as { type?: unknown; data?: unknown };
  if (type !== expected) return undefined;
  const fields = expected === 'speech.audio.delta' ? raw : data;
  if (typeof fields !== 'object' || fields === null) return undefined;
  const { audio, duration, status } = fields as Record<string, unknown>;
  const isUsual =
    typeof audio === 'string' &&
    (duration === undefined || typeof duration === 'number') &&
    (status === undefined || typeof status === 'string');
  return isUsual ? { audio, duration, isLast: status === 'finished' } : undefined;
}
