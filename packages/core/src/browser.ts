export * from './index.ts';
export {
  createElementOutput,
  type ElementOutput,
  type ElementOutputOptions,
} from './runtime/browser/element-output.ts';
export {
  createIndexedDbCache,
  type IndexedDbCache,
  type IndexedDbCacheOptions,
} from './runtime/browser/indexed-db-cache.ts';
export {
  createWebAudioOutput,
  type WebAudioOutputOptions,
} from './runtime/browser/web-audio-output.ts';
