import { Buffer } from 'node:buffer';
import { createFileAccess } from '../../kit/file-access.ts';
import { actionOf, hasSession } from '../../kit/action.ts';
import { soundStreamOf } from '../../kit/incoming-sound.ts';
import { JobLanes, type Job } from '../../kit/job-lanes.ts';
import { withFields } from '../../kit/message-fields.ts';
import type { Call, NodeBehaviour, NodeHost } from '../../kit/register-node.ts';
import { sessionKey } from '../../kit/session-key.ts';
import type { AsrProperties } from './asr-settings.ts';
import { LiveStreams } from './live-streams.ts';
import { transcribeLive } from './transcribe-live.ts';
import { transcribeUtterance } from './transcribe-utterance.ts';
import { transcribeWhole } from './transcribe-whole.ts';
import { UtteranceSessions } from './utterance-sessions.ts';

type AsrCall = Call<AsrProperties>;

export function createAsr(host: NodeHost<AsrProperties>): NodeBehaviour<AsrProperties> {
  const { mode, folder } = host.fixed;
  const { userDir } = host.RED.settings;
  const files = createFileAccess(folder, {
    base: typeof userDir === 'string' ? userDir : undefined,
  });
  const live = new LiveStreams(host.clock);
  const sessions = new UtteranceSessions(host);

  const run = (job: Job<AsrProperties>): Promise<void> => {
    if (mode === 'live') return transcribeLive(host, job, live);
    if (mode === 'utterance') return transcribeUtterance(host, job, sessions);
    return transcribeWhole(host, job, files);
  };

  const lanes = new JobLanes(host, {
    run,
    streamOf: (message) =>
      soundStreamOf(message) ?? (mode === 'live' ? live.placeOf(message) : undefined),
    command: async (action, call) => {
      if (action !== 'stop') return false;
      await stop(call);
      return true;
    },
    eventsOutput: 2,
    busyStatus: 'listening',
  });

  /** An empty last message ends a live stream as any other last message does. */
  async function stop(call: AsrCall): Promise<void> {
    const { message } = call;
    const isForOne = hasSession(message);
    await sessions.close(isForOne ? sessionKey(message) : undefined);
    const keys = isForOne ? [sessionKey(message)] : live.sessions;
    for (const key of keys.filter((one) => live.isOpen(one))) {
      const end = withFields(message, {
        action: undefined,
        parts: undefined,
        payload: Buffer.alloc(0),
        complete: true,
        ...(isForOne || key === '' ? {} : { sessionId: key }),
      });
      await lanes.take({ ...call, message: end });
    }
  }

  async function takeLive(call: AsrCall): Promise<void> {
    const key = sessionKey(call.message);
    const before = live.count;
    const taken = lanes.take(call);
    // Only the message that opened a stream ends with it.
    const opened = live.count === before ? undefined : `live.${live.count}`;
    try {
      await taken;
    } catch (error) {
      if (opened !== undefined) live.rest(key);
      throw error;
    } finally {
      if (opened !== undefined) live.close(key, opened);
    }
  }

  return {
    input(call) {
      const { message } = call;
      if (mode !== 'live' || actionOf(message) !== undefined) return lanes.take(call);
      return live.isResting(sessionKey(message)) ? undefined : takeLive(call);
    },
    async close() {
      lanes.close();
      await sessions.close();
    },
  };
}
