import { concatSamples } from '../../../../packages/core/src/audio/pcm.ts';
import { narrate } from '../../../../packages/core/src/narration/narration.ts';
import { simulateVoice } from '../../../../packages/core/src/narration/testing/simulated-voice.ts';
import type { Figures } from '../../harness/row.ts';
import type { NarrationTaskOf } from '../narration-task.ts';
import { NOTES, SAMPLE_RATE, VOICE, createSimulation, passUntil } from '../simulation.ts';

const NO_PAUSES = { sentenceMs: 0, paragraphMs: 0, headingMs: 0, listItemMs: 0, speakerMs: 0 };

/**
 * A note without pauses of ours is heard as the service's answers, one behind the other: how far from its sound each word
 * is told, and how many samples are not those of the answers.
 */
export async function measureFollowing({
  language,
}: NarrationTaskOf<'following'>): Promise<Figures> {
  const { clock, service, speech, output, device } = createSimulation();
  const narration = narrate(
    { text: NOTES[language], format: 'markdown' },
    { speech, output, clock, voice: { voice: VOICE }, sampleRate: SAMPLE_RATE, pauses: NO_PAUSES },
  );
  const told: { text: string; atMs: number }[] = [];
  narration.on('word', ({ utterance, spokenRange: { start, end } }) => {
    told.push({ text: utterance.spoken.text.slice(start, end), atMs: clock.now() });
  });
  narration.play();
  await passUntil(clock, () => narration.state === 'ended' || narration.state === 'failed');
  await narration.done;
  await narration.close();
  device.close();

  const heard = concatSamples(device.heard);
  const answers = service.requests.map(({ text }) => simulateVoice(text, SAMPLE_RATE));
  const sound = concatSamples(answers.map(({ samples }) => samples));
  const lead = firstSound(heard) - firstSound(sound);
  let lost = Math.abs(lastSound(heard) - lastSound(sound) - lead);
  for (const [at, sample] of sound.entries()) if (heard[at + lead] !== sample) lost += 1;

  const toMs = 1000 / SAMPLE_RATE;
  // The first frame is taken one frame behind the start.
  let startMs = device.startedAtMs + 20 + lead * toMs;
  const spoken = answers.flatMap(({ samples, tokens }) => {
    const timed = tokens.map((token) => ({ text: token.text, atMs: startMs + token.startMs }));
    startMs += samples.length * toMs;
    return timed;
  });
  const lags = lagsOf(told, spoken);
  const p95 = lags.toSorted((one, other) => one - other)[Math.floor(lags.length * 0.95)]!;
  return { wordLag: p95, lostSamples: lost };
}

type Timed = { text: string; atMs: number };

/** Numbers are cut otherwise by the simulated voice: they are left out, and other words looked for among the next few. */
const LOOK_AHEAD = 8;

function lagsOf(told: readonly Timed[], spoken: readonly Timed[]): number[] {
  let next = 0;
  const words = told.filter(({ text }) => /^\p{L}/u.test(text));
  return words.map(({ text, atMs }) => {
    const near = spoken.slice(next, next + LOOK_AHEAD);
    const found = near.findIndex((token) => {
      const letters = token.text.replaceAll(/[^\p{L}\p{N}]/gu, '');
      return letters !== '' && (text.startsWith(letters) || letters.includes(text));
    });
    if (found < 0) throw new Error(`“${text}” was never spoken`);
    next += found;
    return Math.abs(atMs - near[found]!.atMs);
  });
}

function firstSound(samples: Int16Array): number {
  return samples.findIndex((sample) => sample !== 0);
}

function lastSound(samples: Int16Array): number {
  return samples.findLastIndex((sample) => sample !== 0);
}
