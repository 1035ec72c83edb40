import { registerHooks } from 'node:module';

const LATE = /\/node_modules\/(ws|undici)\//;

/** How long the import of a package takes in this process. */
export async function measureImport(specifier: string): Promise<{ importMs: number }> {
  const before = performance.now();
  await import(specifier);
  return { importMs: performance.now() - before };
}

/** How many modules of `ws` and `undici` an import loads, which should wait for their first use. */
export async function countLateModules(specifier: string): Promise<{ modules: number }> {
  let modules = 0;
  registerHooks({
    load(url, context, next) {
      if (LATE.test(url)) modules += 1;
      return next(url, context);
    },
  });
  await import(specifier);
  return { modules };
}
