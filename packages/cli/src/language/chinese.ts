import { errors } from './chinese/errors.ts';
import { help } from './chinese/help.ts';
import { narration } from './chinese/narration.ts';
import { screens } from './chinese/screens.ts';
import type { english } from './english.ts';

/** 简体中文. */
export const chinese: Readonly<Record<keyof typeof english, string>> = {
  ...help,
  ...errors,
  ...narration,
  ...screens,
};
