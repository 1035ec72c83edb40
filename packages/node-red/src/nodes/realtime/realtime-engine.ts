import type { StepAudio } from '@stepvoice/core/node';
import type { Conversation, ConversationEngine } from './conversation-engine.ts';

/** The service's own model, which listens and speaks by itself. A session that comes to its end goes on in another one. */
export function createRealtimeEngine(client: () => Promise<StepAudio>): ConversationEngine {
  return {
    async connect(options): Promise<Conversation> {
      const { realtime } = await client();
      options.signal.throwIfAborted();
      return realtime.connect({ ...options, handOver: true });
    },
  };
}
