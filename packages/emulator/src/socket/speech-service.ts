import { checkModel } from '../speech/speech-order.ts';
import { modelOf } from './socket-door.ts';
import type { SocketService } from './socket-door.ts';
import { SpeechSession } from './speech-session.ts';

/** Speech while its text still comes: `GET /realtime/audio`. */
export const speechService: SocketService = {
  // A text of 1000 characters cannot need more, however it is escaped.
  largestMessageBytes: 1024 * 1024,
  admit(exchange) {
    const model = modelOf(exchange);
    checkModel(model, 'speech-socket');
    return (socket) => new SpeechSession(exchange, socket, model).start();
  },
};
