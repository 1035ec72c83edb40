import { encodePcm16 } from '@stepvoice/core/audio';
import type { TranscriptionEvent } from '@stepvoice/core/node';
import type { SilenceWatch } from './silence-watch.ts';
import type { TranscriptDraft } from './transcript-draft.ts';
import type { TranscriptView } from './transcript-view.ts';
import type { TranscriptWriter } from './transcript-writer.ts';

/** The session of a service that listens. */
export interface LiveTranscription extends AsyncIterable<TranscriptionEvent> {
  write(samples: Int16Array, sampleRate: number): boolean;
  drained(): Promise<void>;
  end(): void;
  return(): Promise<unknown>;
}

export type LiveSound = {
  sampleRate: number;
  samples: AsyncIterable<Int16Array>;
};

export type ListeningOptions = {
  sound: LiveSound;
  socket: LiveTranscription;
  draft: TranscriptDraft;
  writer: TranscriptWriter;
  view: TranscriptView;
  /** Ends the sound after a pause. */
  silence?: SilenceWatch | undefined;
};

/** Transcribes sound while it is being made, to its end. */
export async function listenLive(options: ListeningOptions): Promise<void> {
  const { socket, draft, writer, view, silence } = options;
  const sending = sendSound(options);
  // Its failure ends the reading, and is told by it.
  sending.catch(() => void socket.return());
  let failure: Error | undefined;
  try {
    for await (const event of socket) {
      draft.push(event);
      silence?.event(event);
      if (event.type === 'partial') view.partial(event.text);
      else if (event.type === 'final') await writer.update(draft);
      // The others go on; it is told when all is over.
      else if (event.type === 'failed') failure ??= event.error;
    }
    await sending;
    if (failure !== undefined) throw failure;
  } finally {
    await socket.return();
  }
}

async function sendSound({ sound, socket, view, silence }: ListeningOptions): Promise<void> {
  const { sampleRate, samples } = sound;
  for await (const piece of samples) {
    silence?.sound(piece.length, sampleRate);
    view.heard(encodePcm16(piece), sampleRate);
    if (!socket.write(piece, sampleRate)) await socket.drained();
  }
  socket.end();
}
