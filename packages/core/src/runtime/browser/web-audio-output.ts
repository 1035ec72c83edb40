import type { AudioOutput, AudioOutputEvent, AudioPiece } from '../../audio/output/audio-output.ts';
import {
  POSITION_INTERVAL_SECONDS,
  STOP_FADE_MS,
  checkAtLeast,
  outputClosed,
  samplesOf,
} from '../../audio/output/output-checks.ts';
import { OutputEvents } from '../../audio/output/output-events.ts';
import { Room } from '../../audio/output/room.ts';
import { toFloat32 } from '../../audio/pcm.ts';
import { checkSampleRate } from '../../audio/sample-rate.ts';
import { StepAudioError } from '../../errors.ts';
import { systemClock, type Clock } from '../../net/clock.ts';
import { heardContextSeconds } from './heard-context-seconds.ts';
import { openAudioContext } from './open-audio-context.ts';
import { cutSounds, type Part, type ScheduledSound } from './scheduled-sound.ts';

export type WebAudioOutputOptions = {
  /** The rate of the sound, at which a context is made; at another one the platform would interpolate at every join. */
  sampleRate: number;
  /**
   * A context that is there already, in place of an own one. Its rate counts then. It is suspended in a pause, so nothing
   * else should sound in it; it stays open when the output is closed.
   */
  context?: AudioContext | undefined;
  /** Where the sound goes in the context. Default: its destination. */
  destination?: AudioNode | undefined;
  /** `enqueue` settles while less than this is waiting to be heard. Default 5. */
  queueSeconds?: number | undefined;
  clock?: Clock | undefined;
};

/** From the call to the sound, after silence and at a pause: more than a busy machine renders at once to catch up. */
const LEAD_SECONDS = 0.08;
/** What the platform may have rendered beyond the time it tells, where it says nothing of its buffer. */
const MIN_REACH_SECONDS = 0.02;
/** How long after the last sound of a pause the context is suspended: its device may be later than it says. */
const REST_AFTER_SECONDS = 0.1;
/** A context that is not running so long after it was told to waits for a gesture. */
const BLOCKED_AFTER_MS = 300;

/**
 * Samples scheduled in one context of WebAudio, joined to the sample. Make one for the life of a page and keep it: a
 * context that a gesture has unlocked stays unlocked.
 *
 * `sampleRate` of the output is the context's: usually the one asked for, else (the platform refuses some) its own, and the
 * caller resamples.
 */
export function createWebAudioOutput(options: WebAudioOutputOptions): AudioOutput {
  return new WebAudioOutput(options);
}

class WebAudioOutput implements AudioOutput {
  readonly takes = 'samples';
  readonly keepsTime = true;
  readonly rates = undefined;
  readonly sampleRate: number;
  readonly #context: AudioContext;
  readonly #ownsContext: boolean;
  readonly #destination: AudioNode;
  readonly #clock: Clock;
  readonly #events = new OutputEvents();
  readonly #room: Room;
  readonly #whenStateChanges = (): void => this.#onState();
  readonly #whenBroken = (event: Event): void => this.#fail(deviceFailed(event));
  /** All that sounds since the last stop. */
  #bus: GainNode | undefined;
  #scheduled: ScheduledSound[] = [];
  /** What waits for the end of a pause. */
  #held: Part[] = [];
  /** Behind all that was scheduled. */
  #endFrame = 0;
  /** Context time that has been heard; never goes back. */
  #heardSeconds = 0;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #positionDueMs = 0;
  #isPaused = false;
  #isAdvancing = false;
  #isBlocked = false;
  /** Told to be suspended, and nothing else since. */
  #isResting = false;
  #isClosed = false;
  #stopTimer: (() => void) | undefined;
  #stopBlockedTimer: (() => void) | undefined;

  constructor({
    sampleRate,
    context,
    destination,
    queueSeconds = 5,
    clock = systemClock,
  }: WebAudioOutputOptions) {
    checkSampleRate(sampleRate, 'sampleRate');
    checkAtLeast(queueSeconds, 'queueSeconds', 0.001, 'seconds');
    this.#context = context ?? openAudioContext(sampleRate);
    this.#ownsContext = context === undefined;
    this.#destination = destination ?? this.#context.destination;
    this.sampleRate = this.#context.sampleRate;
    this.#room = new Room(queueSeconds);
    this.#clock = clock;
    this.#context.addEventListener('statechange', this.#whenStateChanges);
    this.#context.addEventListener('error', this.#whenBroken);
  }

  async enqueue(piece: AudioPiece): Promise<void> {
    if (this.#isClosed) throw outputClosed();
    const { samples } = samplesOf(piece, this.sampleRate);
    if (this.#context.state === 'closed') throw contextClosed();
    const part = { id: piece.id, samples, offset: 0 };
    if (this.#isPaused) this.#held.push(part);
    else this.#schedule([part]);
    this.#run();
    this.#arm();
    await this.#room.wait(this.#waitingSeconds);
  }

  pause(): void {
    if (this.#isPaused || this.#isClosed) return;
    this.#isPaused = true;
    this.#disarmBlocked();
    this.#cut();
    this.#rest();
    this.#arm();
  }

  /** In a gesture it unlocks the context, also before anything is enqueued. */
  resume(): void {
    if (this.#isClosed) return;
    this.#isPaused = false;
    this.#isBlocked = false;
    // A little later does not matter here, but too late would.
    if (this.#held.length > 0) this.#schedule(this.#held.splice(0), LEAD_SECONDS);
    this.#run();
    this.#arm();
  }

  stop({ fadeMs = STOP_FADE_MS }: { fadeMs?: number | undefined } = {}): void {
    checkAtLeast(fadeMs, 'fadeMs', 0, 'milliseconds');
    this.#drop(fadeMs);
    this.#room.open();
  }

  subscribe(listener: (event: AudioOutputEvent) => void): () => void {
    return this.#events.subscribe(listener);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#drop(0);
    this.#room.open();
    this.#events.clear();
    this.#context.removeEventListener('statechange', this.#whenStateChanges);
    this.#context.removeEventListener('error', this.#whenBroken);
    if (this.#ownsContext && this.#context.state !== 'closed') await this.#context.close();
  }

  get #isRunning(): boolean {
    return this.#context.state === 'running';
  }

  get #waitingSeconds(): number {
    const held = this.#held.reduce((sum, { samples }) => sum + samples.length, 0);
    const first = this.#scheduled[0];
    const heardFrame = this.#heardSeconds * this.sampleRate;
    const ahead = first === undefined ? 0 : this.#endFrame - Math.max(heardFrame, first.startFrame);
    return (held + ahead) / this.sampleRate;
  }

  /** What is scheduled together is joined to the sample, however long it took to make it ready. */
  #schedule(parts: readonly Part[], reachSeconds?: number): void {
    const ready = parts.map((part) => ({
      part,
      node: part.samples.length === 0 ? undefined : this.#createSource(part.samples),
    }));
    // Copying takes its time, so the time is asked for behind it.
    let startFrame = this.#nextFrame(reachSeconds);
    for (const { part, node } of ready) {
      const frames = part.samples.length;
      node?.start(startFrame / this.sampleRate);
      this.#scheduled.push({ ...part, startFrame, node, frames, isLast: true, hasBegun: false });
      startFrame += frames;
    }
    this.#endFrame = startFrame;
  }

  /**
   * Ends what is scheduled at a sample that is not rendered yet, and holds the rest. To suspend the context in the middle
   * of a sound would not do: Chromium's time goes on while it suspends, for a buffer that it does not render, and what the
   * device has not played yet is lost.
   */
  #cut(): void {
    const { currentTime } = this.#context;
    const cutFrame = Math.ceil((currentTime + LEAD_SECONDS) * this.sampleRate);
    const { kept, held } = cutSounds(this.#scheduled, cutFrame, this.sampleRate);
    this.#scheduled = kept;
    if (held.length > 0) this.#endFrame = Math.min(this.#endFrame, cutFrame);
    this.#held.unshift(...held);
  }

  /** Suspends the context in a pause, when all that came before has been heard. */
  #rest(): void {
    if (!this.#isPaused || this.#isResting || this.#context.state === 'closed') return;
    const isHeard = this.#scheduled.length === 0 && this.#hear() >= this.#restSeconds;
    if (this.#isRunning && !isHeard) return;
    this.#isResting = true;
    void this.#context.suspend().catch(ignore);
  }

  get #restSeconds(): number {
    return this.#endFrame / this.sampleRate + REST_AFTER_SECONDS;
  }

  /** What may be rendered by now beyond the time that is told: the buffer in work, and one that the time is behind. */
  get #reachSeconds(): number {
    return Math.min(LEAD_SECONDS, Math.max(MIN_REACH_SECONDS, 2 * this.#context.baseLatency));
  }

  /** Where what is scheduled ends, so that the next piece joins it to the sample; if that may be past, a little ahead. */
  #nextFrame(reachSeconds = this.#reachSeconds): number {
    const { currentTime } = this.#context;
    if (this.#endFrame >= (currentTime + reachSeconds) * this.sampleRate) return this.#endFrame;
    return Math.max(this.#endFrame, Math.ceil((currentTime + LEAD_SECONDS) * this.sampleRate));
  }

  #createSource(samples: Int16Array): AudioBufferSourceNode {
    const { sampleRate } = this;
    const buffer = new AudioBuffer({ length: samples.length, sampleRate, numberOfChannels: 1 });
    buffer.copyToChannel(toFloat32(samples), 0);
    const node = new AudioBufferSourceNode(this.#context, { buffer });
    node.connect((this.#bus ??= this.#openBus()));
    // Comes also where timers are throttled.
    node.addEventListener('ended', () => this.#update());
    return node;
  }

  #openBus(): GainNode {
    const bus = new GainNode(this.#context);
    bus.connect(this.#destination);
    return bus;
  }

  #drop(fadeMs: number): void {
    const scheduled = this.#scheduled;
    const bus = this.#bus;
    this.#scheduled = [];
    this.#held = [];
    this.#bus = undefined;
    this.#isAdvancing = false;
    this.#isBlocked = false;
    this.#disarm();
    this.#disarmBlocked();
    if (bus === undefined) return;
    const { currentTime, baseLatency } = this.#context;
    let end = currentTime;
    if (this.#isRunning && fadeMs > 0) {
      // What is rendered next may begin one buffer later than the time that is told here.
      const start = currentTime + baseLatency;
      end = start + fadeMs / 1000;
      bus.gain.setValueAtTime(1, start);
      bus.gain.linearRampToValueAtTime(0, end);
    } else {
      bus.disconnect();
    }
    for (const { node } of scheduled) node?.stop(end);
    this.#endFrame = Math.ceil(end * this.sampleRate);
    this.#arm();
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#drop(0);
    this.#room.fail(error);
    this.#events.emit({ type: 'failed', error });
  }

  /** Lets the context run unless it is paused, and tells when the platform does not let it. */
  #run(): void {
    if (this.#isPaused || this.#context.state === 'closed') return;
    // A suspension that is on its way comes first.
    if (this.#isRunning && !this.#isResting) return;
    this.#isResting = false;
    void this.#context.resume().catch(ignore);
    if (this.#isBlocked || this.#scheduled.length === 0) return;
    this.#stopBlockedTimer ??= this.#clock.after(BLOCKED_AFTER_MS, () => {
      this.#stopBlockedTimer = undefined;
      if (this.#isRunning) return;
      this.#isBlocked = true;
      this.#events.emit({ type: 'blocked' });
    });
  }

  #disarmBlocked(): void {
    this.#stopBlockedTimer?.();
    this.#stopBlockedTimer = undefined;
  }

  /** After a pause, a resumption, and whatever the platform does by itself: a call on a phone, a device that changes. */
  #onState(): void {
    if (this.#isClosed) return;
    if (this.#context.state === 'closed') {
      this.#fail(contextClosed());
      return;
    }
    if (this.#isRunning) {
      this.#isBlocked = false;
      this.#disarmBlocked();
    } else {
      this.#disarm();
    }
    const first = this.#scheduled[0];
    if (first?.hasBegun === true && this.#isAdvancing !== this.#isRunning) {
      this.#isAdvancing = this.#isRunning;
      this.#tell(first, this.#hear());
    }
    this.#arm();
  }

  /** Tells what has been heard by now. */
  #update(): void {
    if (this.#isClosed || !this.#isRunning) return;
    const heard = this.#hear();
    const nowMs = this.#clock.now();
    const timeOf = (frame: number): number => nowMs - (heard - frame / this.sampleRate) * 1000;
    // Listeners may stop and enqueue in between.
    for (let first = this.#scheduled[0]; first !== undefined; first = this.#scheduled[0]) {
      const { id, startFrame, offset, frames, isLast } = first;
      const endFrame = startFrame + frames;
      const isOver = heard * this.sampleRate >= endFrame;
      if (!first.hasBegun) {
        if (heard * this.sampleRate < startFrame) break;
        first.hasBegun = true;
        this.#isAdvancing = true;
        this.#emitPosition(id, offset / this.sampleRate, timeOf(startFrame));
      } else if (!isOver) {
        if (nowMs >= this.#positionDueMs) this.#tell(first, heard);
        break;
      } else if (this.#isAdvancing && this.#isGapAfter(endFrame)) {
        this.#isAdvancing = false;
        this.#emitPosition(id, (offset + frames) / this.sampleRate, timeOf(endFrame));
      } else {
        this.#scheduled.shift();
        if (!isLast) continue;
        const atMs = this.#forward(timeOf(endFrame));
        this.#events.emit({ type: 'ended', pieceId: id, atMs });
      }
    }
    this.#room.update(this.#waitingSeconds);
    this.#rest();
    this.#arm();
  }

  #isGapAfter(frame: number): boolean {
    const next = this.#scheduled[1];
    return next === undefined || next.startFrame > frame;
  }

  #tell({ id, startFrame, offset, frames }: ScheduledSound, heard: number): void {
    const heardFrames = heard * this.sampleRate - startFrame;
    const bounded = Math.min(Math.max(0, heardFrames), frames);
    this.#emitPosition(id, (offset + bounded) / this.sampleRate, this.#clock.now());
  }

  #emitPosition(pieceId: number, seconds: number, time: number): void {
    const advancing = this.#isAdvancing;
    const atMs = this.#forward(time);
    this.#positionDueMs = this.#clock.now() + POSITION_INTERVAL_SECONDS * 1000;
    this.#events.emit({ type: 'position', pieceId, seconds, atMs, advancing });
  }

  #forward(atMs: number): number {
    this.#lastAtMs = Math.max(this.#lastAtMs, atMs);
    return this.#lastAtMs;
  }

  /** Wakes `#update` for the next thing to tell or to do. */
  #arm(): void {
    this.#disarm();
    if (!this.#isRunning || this.#isClosed) return;
    const delayMs = this.#msUntilNext();
    if (delayMs === undefined) return;
    this.#stopTimer = this.#clock.after(Math.max(1, delayMs), () => {
      this.#stopTimer = undefined;
      this.#update();
    });
  }

  #msUntilNext(): number | undefined {
    const first = this.#scheduled[0];
    const msUntil = (seconds: number): number => (seconds - this.#hear()) * 1000;
    if (first === undefined) {
      return this.#isPaused && !this.#isResting ? msUntil(this.#restSeconds) : undefined;
    }
    if (!first.hasBegun) return msUntil(first.startFrame / this.sampleRate);
    const endMs = msUntil((first.startFrame + first.frames) / this.sampleRate);
    return Math.min(endMs, this.#positionDueMs - this.#clock.now());
  }

  #disarm(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #hear(): number {
    this.#heardSeconds = Math.max(this.#heardSeconds, heardContextSeconds(this.#context));
    return this.#heardSeconds;
  }
}

function contextClosed(): StepAudioError {
  return new StepAudioError('The AudioContext of the output was closed.', { code: 'output_gone' });
}

function deviceFailed(event: Event): StepAudioError {
  return new StepAudioError('The sound device failed.', { code: 'output_failed', cause: event });
}

/** The state of the context tells what came of it. */
function ignore(): void {}
