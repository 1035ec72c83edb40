import { StepAudioError } from '../../errors.ts';
import type { AudioOutput, AudioOutputEvent, AudioOutputTraits } from './audio-output.ts';
import { steadyNow } from './output-checks.ts';
import type { OutputPort } from './output-port.ts';
import {
  fromEnvelope,
  inEnvelope,
  type PortAnswer,
  type PortError,
  type PortEvent,
  type PortRequest,
} from './port-messages.ts';

export type ServeOutputOptions = {
  /** The clock that the output was given. Default: the platform's steady clock, which is also the outputs' default. */
  now?: (() => number) | undefined;
};

/**
 * Lets a `PortOutput` at the other end of the port play through `output`. Who connects last plays; what an earlier one had
 * enqueued is dropped. The function it returns ends that, and tells the other end; `output` stays open.
 */
export function serveOutput(
  port: OutputPort,
  output: AudioOutput,
  { now = steadyNow }: ServeOutputOptions = {},
): () => void {
  /** Who is connected, and its stop that was served last. */
  let address: { connection: string; generation: number } | undefined;
  let isEnded = false;

  const answer = (body: PortAnswer): void => {
    if (isEnded) return;
    try {
      port.post(inEnvelope(body), []);
    } catch {
      end();
    }
  };

  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    unsubscribe();
    stopListening();
    if (address !== undefined) output.stop();
  };

  const enqueue = async (request: PortRequest & { kind: 'enqueue' }): Promise<void> => {
    const { connection, generation, sequence, piece, sentAtMs } = request;
    const to = { connection, generation, sequence };
    answer({ kind: 'clock', connection, generation, sentAtMs, atMs: now() });
    try {
      await output.enqueue(piece);
      answer({ kind: 'accepted', ...to });
    } catch (error) {
      answer({ kind: 'refused', ...to, error: toPortError(error) });
    }
  };

  const serve = (request: PortRequest): void => {
    const { connection, generation } = request;
    if (request.kind === 'connect') {
      if (address !== undefined) output.stop();
      output.resume();
      address = { connection, generation };
      answer({ kind: 'clock', ...address, sentAtMs: request.sentAtMs, atMs: now() });
      answer({ kind: 'ready', ...address, traits: traitsOf(output) });
      return;
    }
    if (address?.connection !== connection) return;
    switch (request.kind) {
      case 'enqueue':
        void enqueue(request);
        break;
      case 'pause':
        output.pause();
        break;
      case 'resume':
        output.resume();
        break;
      case 'rate':
        output.setRate?.(request.rate);
        break;
      case 'stop':
        address = { connection, generation };
        output.stop({ fadeMs: request.fadeMs });
        break;
      case 'disconnect':
        address = undefined;
        output.stop();
        break;
    }
  };

  const stopListening = output.subscribe((event) => {
    if (address !== undefined) answer({ kind: 'event', ...address, event: toPortEvent(event) });
  });
  const unsubscribe = port.subscribe((message) => {
    const request = fromEnvelope<PortRequest>(message);
    if (request !== undefined && !isEnded) serve(request);
  }, end);
  answer({ kind: 'serving' });

  return () => {
    answer({ kind: 'gone' });
    end();
  };
}

function traitsOf({ takes, keepsTime, rates, sampleRate }: AudioOutput): AudioOutputTraits {
  return { takes, keepsTime, rates, sampleRate };
}

function toPortEvent(event: AudioOutputEvent): PortEvent {
  return event.type === 'failed' ? { type: 'failed', error: toPortError(event.error) } : event;
}

function toPortError(error: unknown): PortError {
  return {
    message: error instanceof Error ? error.message : String(error),
    code: StepAudioError.isInstance(error) ? error.code : undefined,
  };
}
