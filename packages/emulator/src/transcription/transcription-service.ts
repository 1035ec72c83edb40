import { modelsServing } from '@stepvoice/core/protocol';
import { modelNotSupported } from '../http/api-error.ts';
import type { SocketService } from '../socket/socket-door.ts';
import { TranscriptionSession } from './transcription-session.ts';

/** Text while somebody still speaks: `GET /realtime/asr/stream`. */
export const transcriptionService: SocketService = {
  // Minutes of sound in one event, which no known client sends.
  largestMessageBytes: 16 * 1024 * 1024,
  admit(exchange) {
    // The model travels in `session.update`; one gateway names it in the address.
    const model = exchange.url.searchParams.get('model') || undefined;
    if (model !== undefined && !modelsServing('asr-socket').includes(model)) {
      throw modelNotSupported(model);
    }
    return (socket) => new TranscriptionSession(exchange, socket, model).start();
  },
};
