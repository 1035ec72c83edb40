import type { Clock } from './clock.ts';
import { LocalizedError } from './flow-error.ts';

/** The next of what comes over time, or `'idle'` when nothing comes for so long. What comes after that is lost. */
export function nextWithin<T>(
  iterator: AsyncIterator<T, undefined>,
  idleMs: number,
  clock: Clock,
): Promise<IteratorResult<T, undefined> | 'idle'> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(idleMs, () => resolve('idle'));
    iterator.next().finally(cancel).then(resolve, reject);
  });
}

/** Of a stream of messages whose end never came. */
export function streamStopped(idleMs: number): LocalizedError {
  const seconds = Math.round(idleMs / 1000);
  return new LocalizedError(
    'stream_stopped',
    {
      en: `The stream of messages stopped without its end: nothing came for ${seconds} s. Its last message needs msg.complete = true, or msg.parts with count.`,
      zh: `消息流未正常结束：${seconds} 秒内没有新的消息。最后一条消息需要 msg.complete = true，或 msg.parts 中的 count。`,
    },
    { badge: 'tooSlow' },
  );
}
