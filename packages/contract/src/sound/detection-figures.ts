import { SpectralDetector, SpeechDetector, fromFloat32 } from '@stepvoice/core/audio';
import type { SpeechDetectorOptions } from '@stepvoice/core/audio';
import { atLevel, microphoneFloor, mix, scaled, throughRoom } from './noise.ts';

const SAMPLE_RATE = 16_000;
const HOP = 160;
/** Active speech, as a headset gives it. */
const SPEECH_DBFS = -29;
/** An answer that is read aloud. */
const PLAYED_DBFS = -23;
const END_MS = 500;

/** Sound at 16 kHz, full scale 1. */
type Sound = Float64Array;

export type DetectionFigures = {
  /** Share of the frames with speech that were found active, in percent. */
  found: number;
  /** Share of the frames without that were, in percent. */
  falselyActive: number;
  /** From where speech begins to where it was known to have started; `undefined` if it never was. */
  onsetMs: number | undefined;
  /** How often speech started. */
  starts: number;
};

/**
 * Mixes one utterance at −29 dBFS with noise and the hiss of a microphone, two seconds before it and one after, and measures how it is
 * found.
 *
 * @param noise at least three seconds longer than the utterance; none for a quiet place
 */
export function measureDetection(
  utterance: Sound,
  { noise, snrDb = Infinity }: { noise?: Sound; snrDb?: number } = {},
): DetectionFigures {
  const padded = new Float64Array(utterance.length + 3 * SAMPLE_RATE);
  padded.set(utterance, 2 * SAMPLE_RATE);
  const hasSpeech = labelSpeech(padded);
  const speech = atSpeechLevel(padded, hasSpeech, SPEECH_DBFS);
  const around = noise === undefined ? [] : [atLevel(noise, SPEECH_DBFS - snrDb)];
  const heard = toSamples(mix(speech, microphoneFloor(speech.length / SAMPLE_RATE), ...around));

  const frames = new SpectralDetector();
  const starts = new SpeechDetector({ sampleRate: SAMPLE_RATE, endMs: END_MS });
  const counts = { speech: 0, found: 0, rest: 0, falselyActive: 0 };
  const figures: DetectionFigures = { found: 0, falselyActive: 0, onsetMs: undefined, starts: 0 };
  const onset = hasSpeech.indexOf(true) * 10;
  for (const [k, isSpeech] of hasSpeech.entries()) {
    const frame = heard.subarray(k * HOP, (k + 1) * HOP);
    const { active } = frames.process(frame);
    if (k >= 50 && !isNearEdge(hasSpeech, k)) {
      counts[isSpeech ? 'speech' : 'rest'] += 1;
      if (active) counts[isSpeech ? 'found' : 'falselyActive'] += 1;
    }
    for (const { type } of starts.push(frame)) {
      if (type !== 'speech-started') continue;
      figures.starts += 1;
      figures.onsetMs ??= (k + 1) * 10 - onset;
    }
  }
  figures.found = (100 * counts.found) / counts.speech;
  figures.falselyActive = (100 * counts.falselyActive) / counts.rest;
  return figures;
}

/** How often speech starts, a minute, where there is only noise at a level. */
export function falseStartsPerMinute(
  noise: Sound,
  dbfs: number,
  options: Partial<SpeechDetectorOptions> = {},
): number {
  const seconds = noise.length / SAMPLE_RATE;
  const detector = new SpeechDetector({ sampleRate: SAMPLE_RATE, endMs: END_MS, ...options });
  const events = detector.push(toSamples(mix(atLevel(noise, dbfs), microphoneFloor(seconds))));
  return events.filter(({ type }) => type === 'speech-started').length / (seconds / 60);
}

export type EchoFigures = {
  /** Starts while only the echo was heard. */
  falseStarts: number;
  interruptions: number;
  /** From where an interruption begins to where it was known, in milliseconds, of those that were. */
  delaysMs: number[];
};

/**
 * Plays a voice to a room and has a user interrupt it, for a second and a half every five and a half.
 *
 * @param echoDb level of the echo above the user's voice
 */
export function measureEcho(options: {
  played: Sound;
  users: readonly Sound[];
  echoDb: number;
  room: { delayMs: number; decayMs: number; seed: number };
}): EchoFigures {
  const { played, users, echoDb, room } = options;
  const seconds = played.length / SAMPLE_RATE;
  const echo = atLevel(throughRoom(played, room), SPEECH_DBFS + echoDb);
  const reference = toSamples(atLevel(played, PLAYED_DBFS));
  const onlyEcho = mix(echo, microphoneFloor(seconds));
  const speech = new Float64Array(played.length);
  const onsets: number[] = [];
  for (let at = 4; at + 2.5 < seconds; at += 5.5) {
    const user = users[onsets.length % users.length]!;
    const spoken = atSpeechLevel(user, labelSpeech(user), SPEECH_DBFS);
    const begin = labelSpeech(spoken).indexOf(true) * HOP;
    speech.set(spoken.subarray(begin, begin + 1.5 * SAMPLE_RATE), Math.round(at * SAMPLE_RATE));
    onsets.push(at * 1000);
  }
  const starts = startsKnownAt(toSamples(mix(onlyEcho, speech)), reference);
  const delaysMs = onsets.flatMap((onset) => {
    const known = starts.find((start) => start >= onset && start < onset + 1800);
    return known === undefined ? [] : [known - onset];
  });
  const beside = starts.filter((start) => !onsets.some((at) => start >= at && start < at + 1800));
  const alone = startsKnownAt(toSamples(onlyEcho), reference);
  return { falseStarts: beside.length + alone.length, interruptions: onsets.length, delaysMs };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function toSound(samples: Int16Array): Sound {
  return Float64Array.from(samples, (sample) => sample / 32_768);
}

export function joinSound(parts: readonly Sound[]): Sound {
  const joined = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function startsKnownAt(heard: Int16Array, reference: Int16Array): number[] {
  const detector = new SpeechDetector({ sampleRate: SAMPLE_RATE, endMs: END_MS });
  const known: number[] = [];
  for (let at = 0; at + HOP <= heard.length; at += HOP) {
    const played = reference.subarray(at, at + HOP);
    for (const { type } of detector.push(heard.subarray(at, at + HOP), played)) {
      if (type === 'speech-started') known.push((at + HOP) / 16);
    }
  }
  return known;
}

/** Which frames of a clean recording hold speech: within 35 dB of the loudest, gaps up to 150 ms filled. */
function labelSpeech(clean: Sound): boolean[] {
  const levels = Array.from({ length: Math.floor(clean.length / HOP) }, (_, k) => {
    let energy = 0;
    for (let i = k * HOP; i < (k + 1) * HOP; i++) energy += clean[i]! ** 2;
    return 10 * Math.log10(energy / HOP + 1e-12);
  });
  const least = Math.max(...levels) - 35;
  const labels = levels.map((level) => level > least);
  let last = -Infinity;
  for (const [k, level] of levels.entries()) {
    if (level <= least) continue;
    if (k - last <= 16) labels.fill(true, last, k);
    last = k;
  }
  return labels;
}

/** Within 60 ms of a change: what is right there is a matter of taste. */
function isNearEdge(labels: readonly boolean[], k: number): boolean {
  for (let j = Math.max(0, k - 6); j <= Math.min(labels.length - 1, k + 6); j++) {
    if (labels[j] !== labels[k]) return true;
  }
  return false;
}

/** Scales so that the frames with speech, and only they, have the level. */
function atSpeechLevel(sound: Sound, hasSpeech: readonly boolean[], dbfs: number): Sound {
  let energy = 0;
  let count = 0;
  for (const [k, isSpeech] of hasSpeech.entries()) {
    if (!isSpeech) continue;
    for (let i = k * HOP; i < (k + 1) * HOP; i++) energy += sound[i]! ** 2;
    count += HOP;
  }
  return scaled(sound, 10 ** (dbfs / 20) / Math.sqrt(energy / count));
}

function toSamples(sound: Sound): Int16Array {
  return fromFloat32(Float32Array.from(sound));
}
