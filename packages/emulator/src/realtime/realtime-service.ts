import { findModel } from '@stepvoice/core/protocol';
import { invalidParameters, modelNotSupported } from '../http/api-error.ts';
import type { Exchange } from '../http/exchange.ts';
import { modelOf } from '../socket/socket-door.ts';
import type { SocketService } from '../socket/socket-door.ts';
import { PACES } from './realtime-habits.ts';
import type { Pace } from './realtime-habits.ts';
import { RealtimeSession } from './realtime-session.ts';

/** The one model that the subscription serves in conversations. */
const STEP_PLAN_MODEL = 'stepaudio-2.5-realtime';
const PACE_HEADER = 'x-emulator-pace';
/** For browsers, whose sockets cannot send headers. */
const PACE_PARAMETER = 'emulator_pace';

/** Realtime conversations: `GET /realtime`. */
export const realtimeService: SocketService = {
  // The most that one `append` may hold as base64 is 15 MB: what is a little longer shall be told so.
  largestMessageBytes: 24 * 1024 * 1024,
  admit(exchange) {
    const model = modelOf(exchange);
    const isServed = findModel(model)?.endpoints.includes('realtime') === true;
    const isInPlan = exchange.record.plan !== 'step-plan' || model === STEP_PLAN_MODEL;
    if (!isServed || !isInPlan) throw modelNotSupported(model);
    const pace = readPace(exchange) ?? exchange.context.pace;
    return (socket) => new RealtimeSession(exchange, socket, { model, pace }).start();
  },
};

function readPace({ request, url }: Exchange): Pace | undefined {
  const asked = request.headers[PACE_HEADER] ?? url.searchParams.get(PACE_PARAMETER);
  if (asked === undefined || asked === null) return undefined;
  const pace = PACES.find((known) => known === asked);
  if (pace === undefined) {
    throw invalidParameters(`${PACE_HEADER} must be one of ${PACES.join(', ')}`);
  }
  return pace;
}
