import { accountDefinition } from './account/definition.ts';
import { ttsDefinition } from './tts/definition.ts';
import type { NodeDefinition } from '../definition/node-definition.ts';

/** All nodes of the package, in the order of the palette. */
export const DEFINITIONS: readonly NodeDefinition[] = [accountDefinition, ttsDefinition];
