import type { SettingsOf } from '../../definition/node-definition.ts';
import type { audioDefinition } from './definition.ts';

export type AudioProperties = (typeof audioDefinition)['properties'];
type AudioSettings = SettingsOf<AudioProperties>;
