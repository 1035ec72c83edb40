import type { Text } from '../definition/node-definition.ts';

/** Of the help and of the docs. */
export const HEADINGS = {
  nodes: { en: 'Nodes', zh: '节点' },
  properties: { en: 'Properties', zh: '属性' },
  inputs: { en: 'Inputs', zh: '输入' },
  outputs: { en: 'Outputs', zh: '输出' },
  commands: { en: 'Commands', zh: '命令' },
  details: { en: 'Details', zh: '详细说明' },
} as const satisfies Record<string, Text>;
