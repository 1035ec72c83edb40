import type { NodeDefinition } from '../definition/node-definition.ts';
import { LocalizedError } from './flow-error.ts';
import type { NodeConfig } from './node-red.ts';

/**
 * A stored configuration as this version of the node wants it. What is stored stays as it is until the node is edited.
 *
 * @throws {LocalizedError} where a newer version of this package stored it
 */
export function migrateConfig(
  { version, migrations }: Pick<NodeDefinition, 'version' | 'migrations'>,
  config: NodeConfig,
): NodeConfig {
  const stored = typeof config['version'] === 'number' ? config['version'] : 1;
  if (stored > version) {
    throw new LocalizedError(
      'newer_version',
      {
        en: `This node was saved by a newer Stepvoice (its version ${stored}, here ${version}). Update @stepvoice/node-red.`,
        zh: `此节点由更新版本的 Stepvoice 保存（其版本 ${stored}，当前 ${version}）。请更新 @stepvoice/node-red。`,
      },
      { badge: 'newerVersion' },
    );
  }
  const migrated: NodeConfig = structuredClone({ ...config });
  for (const migrate of migrations.slice(stored - 1, version - 1)) migrate(migrated);
  return { ...migrated, version };
}
