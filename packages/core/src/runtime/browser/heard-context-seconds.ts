/** Browsers round the latency that they tell, Chromium to steps of this. */
const LATENCY_STEP_SECONDS = 0.008;
/** How far what is heard may lie behind the time of a context that does not know the latency of its device. */
const UNTOLD_LATENCY_SECONDS = 0.3;

/**
 * The time of a context that is being heard now, in its own seconds.
 *
 * `currentTime` is that of what is rendered, a buffer at once, and `outputLatency` is from then to the sound, so what is
 * heard lies in the buffer before their difference; where in it, the platform's time stamp tells. But some platforms have
 * none, and in Chromium the stamp was seen off by up to whole buffers on a busy machine (its counter of frames seems to be
 * another one than that of the latency). So a stamp is believed only where it agrees.
 */
export function heardContextSeconds(context: AudioContext): number {
  const { currentTime, baseLatency } = context;
  // Not everywhere, whatever the types say; and zero before the first buffer.
  const { outputLatency = 0 } = context as { outputLatency?: number };
  const isTold = outputLatency > 0;
  const latest = currentTime - outputLatency;
  const range = isTold ? baseLatency : UNTOLD_LATENCY_SECONDS;
  const middle = latest - (isTold ? baseLatency / 2 : baseLatency);
  if (context.state !== 'running') return middle;
  const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
  const stamped = contextTime + (performance.now() - performanceTime) / 1000;
  const isEarly = stamped < latest - range - LATENCY_STEP_SECONDS;
  const isLate = stamped > latest + LATENCY_STEP_SECONDS;
  return isEarly || isLate ? middle : stamped;
}
