import { measureBase64 } from './tasks/base64-coding.ts';

/** Lets the page that loads this be asked from outside. */
Object.assign(globalThis, { measureBase64 });
