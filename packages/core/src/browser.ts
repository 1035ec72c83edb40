export * from './index.ts';
export {
  createIndexedDbCache,
  type IndexedDbCache,
  type IndexedDbCacheOptions,
} from './runtime/browser/indexed-db-cache.ts';
