import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClonedVoiceIterator } from './cloned-voice-iterator.ts';
import type { ClonedVoicePage, ClonedVoiceQuery } from './cloned-voice-iterator.ts';
import type { ClonedVoice } from './voice.ts';

const toVoice = (id: string): ClonedVoice => ({
  kind: 'clone',
  id,
  fileId: undefined,
  createdAt: undefined,
});

type Habits = {
  /** What the pages say of what follows; `truth` by default. */
  hasMore?: boolean | 'missing';
  /** `before` and `after` change places. */
  swapped?: boolean;
  /** Cursors are passed over: every page is the first. */
  deaf?: boolean;
  /** The page begins with the voice of the cursor itself. */
  inclusive?: boolean;
  /** Never more than so many a page, whatever was asked for. */
  most?: number;
};

/** A service with so many voices, and habits of its own. */
function serve(count: number, habits: Habits = {}) {
  const ids = Array.from({ length: count }, (_, index) => `v${index}`);
  const queries: ClonedVoiceQuery[] = [];
  return {
    ids,
    queries,
    loadPage: async (query: ClonedVoiceQuery): Promise<ClonedVoicePage> => {
      queries.push(query);
      const after = habits.swapped === true ? query.before : query.after;
      const before = habits.swapped === true ? query.after : query.before;
      let rest = ids;
      if (habits.deaf !== true && after !== undefined) {
        rest = ids.slice(ids.indexOf(after) + (habits.inclusive === true ? 0 : 1));
      } else if (habits.deaf !== true && before !== undefined) {
        rest = ids.slice(0, ids.indexOf(before));
      }
      const page = rest.slice(0, Math.min(query.limit ?? 20, habits.most ?? Infinity));
      const truth = page.length < rest.length;
      return {
        voices: page.map(toVoice),
        hasMore: habits.hasMore === 'missing' ? undefined : (habits.hasMore ?? truth),
      };
    },
  };
}

async function collect(service: ReturnType<typeof serve>, pageSize: number): Promise<string[]> {
  const found: string[] = [];
  const parts = { loadPage: service.loadPage, pageSize, order: 'desc', signal: undefined } as const;
  for await (const { id } of new ClonedVoiceIterator(parts)) found.push(id);
  return found;
}

describe('all voices come, once each', () => {
  test('over honest pages, without a request too many', async () => {
    const service = serve(7);
    expect(await collect(service, 3)).toEqual(service.ids);
    expect(service.queries).toEqual([
      { limit: 3, order: 'desc' },
      { limit: 3, order: 'desc', after: 'v2' },
      { limit: 3, order: 'desc', after: 'v5' },
    ]);
  });

  test.each<[string, Habits]>([
    ['pages that always say there is more', { hasMore: true }],
    ['pages that never say there is more', { hasMore: false }],
    ['pages that say nothing', { hasMore: 'missing' }],
    ['cursors that lead the other way', { swapped: true }],
    ['cursors that include themselves', { inclusive: true }],
    ['pages smaller than asked for', { most: 2 }],
  ])('over %s', async (_, habits) => {
    for (const count of [0, 1, 3, 6, 7]) {
      const service = serve(count, habits);
      expect(await collect(service, 3), String(count)).toEqual(service.ids);
      expect(service.queries.length).toBeLessThan(count + 4);
    }
  });

  test('a service that ignores cursors ends all the same', async () => {
    const service = serve(9, { deaf: true });
    expect(await collect(service, 3)).toEqual(['v0', 'v1', 'v2']);
    expect(service.queries.length).toBe(3);
  });

  test('whatever the pages, nothing twice and no end that does not come', async () => {
    const page = fc.record({
      ids: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 4 }),
      hasMore: fc.option(fc.boolean(), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(page, { minLength: 1, maxLength: 6 }), async (pages) => {
        let asked = 0;
        const loadPage = async (): Promise<ClonedVoicePage> => {
          const { ids, hasMore } = pages[asked++ % pages.length]!;
          return { voices: ids.map(toVoice), hasMore };
        };
        const found: string[] = [];
        const parts = { loadPage, pageSize: 2, order: 'asc', signal: undefined } as const;
        for await (const { id } of new ClonedVoiceIterator(parts)) found.push(id);
        expect(new Set(found).size).toBe(found.length);
        expect(asked).toBeLessThan(12);
      }),
    );
  });
});

describe('leaving', () => {
  const silent = (onAsk: (signal: AbortSignal) => void) => ({
    loadPage: (_: ClonedVoiceQuery, signal: AbortSignal): Promise<ClonedVoicePage> => {
      onAsk(signal);
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    },
    pageSize: 100,
    order: 'desc' as const,
  });

  test('return() ends a request under way, and whoever waits', async () => {
    let seen: AbortSignal | undefined;
    const parts = { ...silent((signal) => (seen = signal)), signal: undefined };
    const voices = new ClonedVoiceIterator(parts);
    const waiting = Promise.all([voices.next(), voices.next()]);
    await Promise.resolve();
    expect(await voices.return()).toEqual({ value: undefined, done: true });
    expect(await waiting).toEqual([
      { value: undefined, done: true },
      { value: undefined, done: true },
    ]);
    expect(seen?.aborted).toBe(true);
    expect(await voices.next()).toEqual({ value: undefined, done: true });
  });

  test('the signal rejects once with its reason, and is let go of', async () => {
    const abort = new AbortController();
    const voices = new ClonedVoiceIterator({ ...silent(() => undefined), signal: abort.signal });
    const waiting = voices.next();
    await Promise.resolve();
    const reason = new Error('gone');
    abort.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(await voices.next()).toEqual({ value: undefined, done: true });
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  test('one that was never read holds on to nothing', () => {
    const { signal } = new AbortController();
    const voices = new ClonedVoiceIterator({ ...silent(() => undefined), signal });
    expect(voices[Symbol.asyncIterator]()).toBe(voices);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('a failure is thrown where it happened, and ends it', async () => {
    const { loadPage } = serve(5);
    let asked = 0;
    const voices = new ClonedVoiceIterator({
      loadPage: (query) => (asked++ === 0 ? loadPage(query) : Promise.reject(new Error('cut'))),
      pageSize: 2,
      order: 'desc',
      signal: undefined,
    });
    expect(await voices.next()).toMatchObject({ value: { id: 'v0' } });
    expect(await voices.next()).toMatchObject({ value: { id: 'v1' } });
    await expect(voices.next()).rejects.toThrow('cut');
    expect(await voices.next()).toEqual({ value: undefined, done: true });
  });
});
