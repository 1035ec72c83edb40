export type NarrationState = 'idle' | 'buffering' | 'playing' | 'paused' | 'ended' | 'failed';

/** What makes a narration change its state: what it is told to do, and what it hears of its output and its supply. */
export type PlayerSignal =
  | 'play'
  /** To play, with sound at hand. */
  | 'resume'
  | 'pause'
  | 'stop'
  /** To another place. */
  | 'seek'
  | 'sounding'
  | 'starving'
  | 'blocked'
  | 'finished'
  | 'failed';

const transitions: Record<NarrationState, Partial<Record<PlayerSignal, NarrationState>>> = {
  idle: { play: 'buffering', failed: 'failed' },
  buffering: {
    pause: 'paused',
    stop: 'idle',
    sounding: 'playing',
    blocked: 'paused',
    finished: 'ended',
    failed: 'failed',
  },
  playing: {
    pause: 'paused',
    stop: 'idle',
    seek: 'buffering',
    starving: 'buffering',
    blocked: 'paused',
    finished: 'ended',
    failed: 'failed',
  },
  // The last sound may end while the pause is on its way to the device.
  paused: {
    play: 'buffering',
    resume: 'playing',
    stop: 'idle',
    finished: 'ended',
    failed: 'failed',
  },
  ended: { play: 'buffering', stop: 'idle', seek: 'paused' },
  failed: { play: 'buffering', stop: 'idle', seek: 'paused' },
};

/** The state after a signal; the same where the signal means nothing in it. */
export function nextState(state: NarrationState, signal: PlayerSignal): NarrationState {
  return transitions[state][signal] ?? state;
}

/** Whether sound is wanted: it plays, or would if there were any. */
export function isActive(state: NarrationState): boolean {
  return state === 'buffering' || state === 'playing';
}
