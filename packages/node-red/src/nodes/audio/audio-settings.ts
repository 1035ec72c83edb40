import type { audioDefinition } from './definition.ts';

export type AudioProperties = (typeof audioDefinition)['properties'];
