/** Everything here is the same on every run: the randomness is a generator with a seed. */
const SAMPLE_RATE = 16_000;

export type Noise = (seconds: number) => Float64Array;

/** Noises of a desk, a street and a room, made from nothing; 16 kHz, of no particular level. */
export const NOISES = {
  white: (seconds) => Float64Array.from({ length: lengthOf(seconds) }, gaussian(1)),
  pink: (seconds) => pink(seconds, 2),
  brown: (seconds) => brown(seconds, 3),
  rain,
  fan: (seconds) => fan(seconds, 5),
  fanSwitchedOn,
  chordMusic,
  keyboard,
  coughs,
  telephoneRing,
  ringbackTone,
  reversingBeeper,
  siren,
} satisfies Record<string, Noise>;

export type NoiseName = keyof typeof NOISES;

/** Sound at a level: its root mean square over all of it becomes so many decibels of full scale. */
export function atLevel(sound: Float64Array, dbfs: number): Float64Array {
  return scaled(sound, 10 ** (dbfs / 20) / rootMeanSquare(sound));
}

export function scaled(sound: Float64Array, factor: number): Float64Array {
  return sound.map((value) => value * factor);
}

export function rootMeanSquare(sound: Float64Array): number {
  let energy = 0;
  for (const value of sound) energy += value * value;
  return Math.sqrt(energy / sound.length);
}

/** Sounds added up, each from its beginning; as long as the first. */
export function mix(first: Float64Array, ...others: readonly Float64Array[]): Float64Array {
  return first.map((value, i) => others.reduce((sum, other) => sum + (other[i] ?? 0), value));
}

/** The hiss of a microphone in a quiet room. */
export function microphoneFloor(seconds: number): Float64Array {
  return atLevel(Float64Array.from({ length: lengthOf(seconds) }, gaussian(17)), -66);
}

/** A room's answer to a loudspeaker: the direct sound after 60 ms, then reflections that die away within some 110 ms. */
export function throughRoom(
  sound: Float64Array,
  { delayMs, decayMs, seed }: { delayMs: number; decayMs: number; seed: number },
): Float64Array {
  const random = uniform(seed);
  const taps = Array.from({ length: 40 }, (_, i) => {
    const afterMs = i === 0 ? 0 : random() * decayMs;
    const level =
      i === 0 ? 1 : 0.35 * Math.exp((-3 * afterMs) / decayMs) * (random() < 0.5 ? -1 : 1);
    return { at: Math.round(((delayMs + afterMs) * SAMPLE_RATE) / 1000), level };
  });
  const heard = new Float64Array(sound.length);
  for (const { at, level } of taps) {
    for (let i = at; i < sound.length; i++) heard[i]! += level * sound[i - at]!;
  }
  return heard;
}

/** Paul Kellet's filter: white noise made to fall by 3 dB an octave. */
function pink(seconds: number, seed: number): Float64Array {
  const random = gaussian(seed);
  const poles = [0.99886, 0.99332, 0.969, 0.8665, 0.55, -0.7616] as const;
  const gains = [0.0555179, 0.0750759, 0.153852, 0.3104856, 0.5329522, -0.016898] as const;
  const state = new Float64Array(poles.length);
  let last = 0;
  return Float64Array.from({ length: lengthOf(seconds) }, () => {
    const white = random();
    let sum = last + white * 0.5362;
    for (let k = 0; k < poles.length; k++) {
      state[k] = poles[k]! * state[k]! + gains[k]! * white;
      sum += state[k]!;
    }
    last = white * 0.115926;
    return sum;
  });
}

/** Falls by 6 dB an octave: a ventilation shaft, a distant motorway. */
function brown(seconds: number, seed: number): Float64Array {
  const random = gaussian(seed);
  let value = 0;
  return Float64Array.from({ length: lengthOf(seconds) }, () => (value = 0.995 * value + random()));
}

/** A hiss, and drops on a window pane. */
function rain(seconds: number): Float64Array {
  const random = uniform(41);
  const sound = scaled(pink(seconds, 4), 0.5);
  for (let at = 0; at < sound.length; at += Math.ceil(random() * 0.04 * SAMPLE_RATE)) {
    addRing(sound, { at, hertz: 1500 + 4000 * random(), decayMs: 2, level: 3 * random() });
  }
  return sound;
}

/** Turbulence, and the hum of blades that pass 130 times a second. */
function fan(seconds: number, seed: number): Float64Array {
  const rush = brown(seconds, seed);
  const hiss = pink(seconds, seed + 1);
  const level = rootMeanSquare(rush);
  return rush.map((value, i) => {
    const phase = (2 * Math.PI * 130 * i) / SAMPLE_RATE;
    const hum = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.2 * Math.sin(3 * phase);
    return value + 0.3 * level * hum + 0.2 * level * hiss[i]!;
  });
}

/** Three seconds of quiet, then a fan that needs one to come up to speed; and again every fifteen. */
function fanSwitchedOn(seconds: number): Float64Array {
  return fan(seconds, 7).map((value, i) => {
    const time = (i / SAMPLE_RATE) % 15;
    return value * Math.min(1, Math.max(0, time - 3)) ** 2;
  });
}

/** Chords of held notes with five harmonics, a new one every four seconds: an organ, or strings. */
function chordMusic(seconds: number): Float64Array {
  const sound = new Float64Array(lengthOf(seconds));
  const chords = [
    [261.6, 329.6, 392],
    [220, 261.6, 329.6],
    [174.6, 220, 261.6],
    [196, 246.9, 293.7],
  ] as const;
  for (let i = 0; i < sound.length; i++) {
    const time = i / SAMPLE_RATE;
    const chord = chords[Math.floor(time / 4) % chords.length]!;
    const envelope = Math.min(1, (time % 4) / 0.1, (4 - (time % 4)) / 0.1);
    for (const hertz of chord) {
      const step = 2 * Math.PI * hertz * time;
      for (let harmonic = 1; harmonic <= 5; harmonic++) {
        sound[i]! += (envelope * Math.sin(step * harmonic)) / harmonic;
      }
    }
  }
  return sound;
}

/** Somebody who types fast: each key a click, the case that rings with it, and a softer click when it comes up. */
function keyboard(seconds: number): Float64Array {
  const sound = new Float64Array(lengthOf(seconds));
  const random = uniform(9);
  const noise = gaussian(10);
  const click = (at: number, level: number): void => {
    for (let i = 0; i < 0.012 * SAMPLE_RATE && at + i < sound.length; i++) {
      sound[at + i]! += level * noise() * Math.exp(-i / (0.002 * SAMPLE_RATE));
    }
    addRing(sound, { at, hertz: 400 + 500 * random(), decayMs: 5, level: 0.8 * level });
    addRing(sound, { at, hertz: 1800 + 2500 * random(), decayMs: 6, level: 0.6 * level });
  };
  for (let time = 0.1; time < seconds; time += 0.07 + 0.13 * random()) {
    const level = 0.5 + 0.5 * random();
    click(Math.round(time * SAMPLE_RATE), level);
    click(Math.round((time + 0.06 + 0.03 * random()) * SAMPLE_RATE), 0.4 * level);
  }
  return sound;
}

/** Every three seconds one to three bursts of 150 to 300 ms without a pitch, shaped by a throat. */
function coughs(seconds: number): Float64Array {
  const sound = new Float64Array(lengthOf(seconds));
  const random = uniform(11);
  const noise = gaussian(12);
  const burst = (start: number): number => {
    const length = 0.15 + 0.15 * random();
    const throat = [resonator(500 + 200 * random(), 150), resonator(1400 + 400 * random(), 250)];
    const from = Math.round(start * SAMPLE_RATE);
    for (let i = 0; i < length * SAMPLE_RATE && from + i < sound.length; i++) {
      const time = i / SAMPLE_RATE;
      const envelope = Math.min(1, time / 0.01) * Math.exp(-time / (length / 3));
      const white = noise();
      sound[from + i]! +=
        envelope * throat.reduce((sum, filter) => sum + filter(white), 0.3 * white);
    }
    return length;
  };
  for (let time = 0.5; time < seconds; time += 3) {
    let at = time;
    for (let count = 1 + Math.floor(3 * random()); count > 0; count--) at += burst(at) + 0.1;
  }
  return sound;
}

/** Two tones in turn, 20 times a second, for a second of every three. */
function telephoneRing(seconds: number): Float64Array {
  return generated(seconds, (time) => {
    const hertz = Math.floor(time * 40) % 2 === 0 ? 1300 : 1600;
    return time % 3 < 1 ? tone(hertz, time) + 0.3 * tone(2 * hertz, time) : 0;
  });
}

/** What a caller hears while it rings at the other end: two tones at once, two seconds of every six. */
function ringbackTone(seconds: number): Float64Array {
  return generated(seconds, (time) => (time % 6 < 2 ? tone(440, time) + tone(480, time) : 0));
}

/** A lorry that reverses. */
function reversingBeeper(seconds: number): Float64Array {
  return generated(seconds, (time) => (time % 1 < 0.5 ? tone(1000, time) : 0));
}

/** Up and down between 500 and 1300 Hz, every four seconds. */
function siren(seconds: number): Float64Array {
  return generated(seconds, (time) =>
    Math.sin(2 * Math.PI * 900 * time - (400 / 0.25) * Math.cos(2 * Math.PI * 0.25 * time)),
  );
}

function generated(seconds: number, value: (time: number) => number): Float64Array {
  return Float64Array.from({ length: lengthOf(seconds) }, (_, i) => value(i / SAMPLE_RATE));
}

function tone(hertz: number, time: number): number {
  return Math.sin(2 * Math.PI * hertz * time);
}

/** A tone that dies away, like anything that is struck. */
function addRing(
  sound: Float64Array,
  ring: { at: number; hertz: number; decayMs: number; level: number },
): void {
  const { at, hertz, decayMs, level } = ring;
  const step = (2 * Math.PI * hertz) / SAMPLE_RATE;
  const decay = Math.exp(-1000 / (decayMs * SAMPLE_RATE));
  let envelope = level;
  for (let i = at; i < sound.length && envelope > 1e-4 * level; i++) {
    sound[i]! += envelope * Math.sin(step * (i - at));
    envelope *= decay;
  }
}

/** A formant: two poles. */
function resonator(hertz: number, bandwidth: number): (input: number) => number {
  const radius = Math.exp((-Math.PI * bandwidth) / SAMPLE_RATE);
  const a = 2 * radius * Math.cos((2 * Math.PI * hertz) / SAMPLE_RATE);
  let before = 0;
  let last = 0;
  return (input) => {
    const value = (1 - radius) * input + a * last - radius * radius * before;
    before = last;
    last = value;
    return value;
  };
}

/** 0 to 1; mulberry32. */
function uniform(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Normally distributed, variance 1. */
function gaussian(seed: number): () => number {
  const random = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function lengthOf(seconds: number): number {
  return Math.round(seconds * SAMPLE_RATE);
}
