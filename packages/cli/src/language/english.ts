import { errors } from './english/errors.ts';
import { help } from './english/help.ts';
import { narration } from './english/narration.ts';
import { screens } from './english/screens.ts';

/** Every sentence of the program. `{names}` are filled in; `chinese.ts` has the same keys. */
export const english = { ...help, ...errors, ...narration, ...screens } as const;
