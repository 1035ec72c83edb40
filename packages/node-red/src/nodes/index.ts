import { accountDefinition } from './account/definition.ts';
import { asrDefinition } from './asr/definition.ts';
import { audioDefinition } from './audio/definition.ts';
import { chatDefinition } from './chat/definition.ts';
import { narrateDefinition } from './narrate/definition.ts';
import { playDefinition } from './play/definition.ts';
import { realtimeDefinition } from './realtime/definition.ts';
import { segmentDefinition } from './segment/definition.ts';
import { ttsDefinition } from './tts/definition.ts';
import { voiceDefinition } from './voice/definition.ts';
import type { NodeDefinition } from '../definition/node-definition.ts';

/** All nodes of the package, in the order of the palette. */
export const DEFINITIONS: readonly NodeDefinition[] = [
  accountDefinition,
  ttsDefinition,
  asrDefinition,
  narrateDefinition,
  voiceDefinition,
  chatDefinition,
  realtimeDefinition,
  playDefinition,
  segmentDefinition,
  audioDefinition,
];
