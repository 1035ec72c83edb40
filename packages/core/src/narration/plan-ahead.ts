import type { Clock } from '../net/clock.ts';
import type { NarrationPlan } from './plan.ts';

/** Of the source, in code units, planned without a pause: about 15 ms of work. */
const SLICE = 20_000;
/** What says nothing moves a plan on without moving its end. */
const SLICE_STEPS = 500;

/**
 * Plans on until it is enough, or to the end: at once where that is near, and else in slices between which others get
 * their turn. Calls back when it is so, and answers how to call it off; `undefined` where it was at once.
 */
export function planAhead(
  plan: Pick<NarrationPlan, 'plannedTo' | 'step'>,
  clock: Clock,
  isEnough: () => boolean,
  onDone: () => void,
): (() => void) | undefined {
  let cancel: (() => void) | undefined;
  const goOn = (): boolean => {
    const end = plan.plannedTo + SLICE;
    for (let steps = 0; !isEnough(); steps += 1) {
      if (plan.plannedTo >= end || steps >= SLICE_STEPS) {
        cancel = clock.after(0, () => {
          if (goOn()) onDone();
        });
        return false;
      }
      if (!plan.step()) break;
    }
    return true;
  };
  if (!goOn()) return () => cancel?.();
  onDone();
  return undefined;
}
