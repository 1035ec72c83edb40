import { choice, number } from './node-definition.ts';

/** What happens to messages that come while the node is busy. Of all nodes that work in jobs. */
export const queueProperties = {
  overlap: choice({
    label: { en: 'While busy', zh: '忙碌时' },
    help: {
      en: 'What happens to a message that comes while the one before is worked on: it waits, it interrupts, or it is dropped.',
      zh: '前一条消息仍在处理时，新消息如何处理：排队、打断，或丢弃。',
    },
    choices: {
      queue: { en: 'wait in the queue', zh: '排队等待' },
      interrupt: { en: 'interrupt', zh: '打断当前' },
      drop: { en: 'drop the new one', zh: '丢弃新消息' },
    },
    default: 'queue',
    isAdvanced: true,
  }),
  maxQueued: number({
    label: { en: 'Queue length', zh: '队列长度' },
    help: {
      en: 'So many messages may wait, for each session. One more is an error with code `queue_full`.',
      zh: '每个会话最多等待的消息数。超出时报错，代码为 `queue_full`。',
    },
    min: 1,
    max: 10_000,
    integer: true,
    default: 100,
    isAdvanced: true,
    shownIf: { property: 'overlap', is: ['queue'] },
  }),
};
