import type { Figures } from '../harness/row.ts';

export type NoteLanguage = 'English' | 'Chinese';

/** What a measured process is asked to do, by one contender. */
export type NarrationTask = { contender: string } & (
  | { kind: 'reading'; language: NoteLanguage; rate: number; buffered: boolean }
  | { kind: 'again'; language: NoteLanguage }
  | { kind: 'following'; language: NoteLanguage }
  | { kind: 'planning'; bytes: number }
  | { kind: 'hostile' }
  | { kind: 'sentences'; language: NoteLanguage }
  | { kind: 'stretching'; rate: number }
);

export type NarrationTaskOf<Kind extends NarrationTask['kind']> = Extract<
  NarrationTask,
  { kind: Kind }
>;

/** Performs one task in a process of its own. */
export type PerformNarrationTask = (task: NarrationTask) => Promise<Figures>;
