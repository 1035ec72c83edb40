import type { RenderOptions, RenderProgress, RenderSkip } from '@stepvoice/core/narration';
import type { Reading } from './narrate-node.ts';

/** Tells how far a reading is: on the badge with each step, and as an event with each percent. */
export class ReadingProgress {
  readonly #reading: Reading;
  #percent = -1;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** For a render or a stream of sentences. */
  get listeners(): Pick<RenderOptions, 'onWaiting'> {
    const { host, job } = this.#reading;
    return {
      onWaiting: ({ reason, untilMs, error }) => {
        if (job.signal.aborted) return;
        host.status.show('waiting');
        const waitMs = Math.max(0, Math.round(untilMs - host.clock.now()));
        job.event('waiting', { reason, waitMs, code: error.code });
      },
    };
  }

  tell(progress: RenderProgress): void {
    const { host, job } = this.#reading;
    if (job.signal.aborted) return;
    const percent = percentOf(progress);
    host.status.showText(`${percent} %`);
    if (percent === this.#percent) return;
    this.#percent = percent;
    const { chapter, utterances, characters, seconds, requests, paidCharacters, cost } = progress;
    const { rest } = progress;
    job.event('progress', {
      percent,
      chapter,
      sentences: utterances,
      characters,
      durationMs: Math.round(seconds * 1000),
      requests,
      paidCharacters,
      ...(cost && { cost }),
      // Of the work, as soon as there is something to reckon from, and of the sound.
      ...(rest.ms === undefined ? {} : { restMs: Math.round(rest.ms) }),
      restDurationMs: Math.round(rest.seconds * 1000),
    });
  }

  tellSkipped({ chapter, utterance, range, atMs, code }: RenderSkip): void {
    this.#reading.job.event('skipped', { chapter, sentence: utterance, source: range, atMs, code });
  }
}

/** 100 is only what is whole. */
function percentOf({ characters, rest }: RenderProgress): number {
  if (rest.utterances === 0) return 100;
  const all = characters + rest.characters;
  return all === 0 ? 0 : Math.min(99, Math.floor((characters / all) * 100));
}
