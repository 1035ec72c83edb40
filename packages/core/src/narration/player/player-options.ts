import type { AudioOutput } from '../../audio/output/audio-output.ts';
import type { StepAudioError } from '../../errors.ts';
import type { Clock } from '../../net/clock.ts';
import type { TextRange } from '../../text/text-range.ts';
import type { SpokenPlace, TimingSource } from '../speech-unit.ts';
import type { Utterance } from '../utterance.ts';
import type { NarrationState } from './player-state.ts';
import type { UnitSupply, UtteranceSource } from './unit-supply.ts';

/** What a player tells. */
export interface PlayerListener {
  onState(state: NarrationState, reason: 'blocked' | undefined): void;
  onUtterance(utterance: number): void;
  onWord(utterance: number, word: TextRange, timing: TimingSource): void;
  onPosition(): void;
  onSkipped(utterance: Utterance, error: StepAudioError): void;
  onUnit(isCached: boolean): void;
  onFailed(error: unknown): void;
  onEnded(): void;
}

export type PlayerOptions = {
  readonly output: AudioOutput;
  readonly clock: Clock;
  readonly supply: UnitSupply;
  readonly plan: UtteranceSource;
  readonly listener: PlayerListener;
  readonly place: SpokenPlace;
};
