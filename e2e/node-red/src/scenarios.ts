import type { NodeDefinition } from '../../../packages/node-red/src/definition/node-definition.ts';
import { defaultTypeOf } from '../../../packages/node-red/src/generate/node-view.ts';
import { DEFINITIONS } from '../../../packages/node-red/src/nodes/index.ts';
import type { FlowItem } from './admin-api.ts';
import { TEXT_FILE, VOICE_FILE } from './sound-files.ts';

export const ACCOUNT = 'account';
/** Its key is wrong. */
export const OTHER_ACCOUNT = 'other-account';

export const ACCOUNT_TYPE = 'stepvoice-account';
/** All nodes that stand in flows. */
export const FLOW_DEFINITIONS = DEFINITIONS.filter(({ isConfig }) => !isConfig);

/** What opens the page of a node that has one. */
export const PAGE_TOKEN = 'a-token-of-the-tests-that-is-long-enough';

type Message = Readonly<Record<string, string | number>>;

/** How a node is made to work once, and made to fail once. */
type Scenario = {
  /** What of the dialog is not as it is at first. */
  config?: Readonly<Record<string, unknown>>;
  credentials?: Readonly<Record<string, string>>;
  works: { message?: Message; file?: string; output?: number; needsPage?: boolean };
  /** With the account whose key is wrong, if it has one. */
  fails: { message?: Message; file?: string; badge: { en: string; zh: string } };
};

const KEY_REFUSED = { en: 'key refused', zh: '密钥被拒绝' };
const WRONG_INPUT = { en: 'wrong input', zh: '输入有误' };

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'stepvoice-tts': {
    config: { voice: 'data-voice' },
    works: { message: { payload: 'Hello.' } },
    fails: { message: { payload: 'Hello.' }, badge: KEY_REFUSED },
  },
  'stepvoice-asr': {
    works: { file: TEXT_FILE },
    fails: { file: TEXT_FILE, badge: KEY_REFUSED },
  },
  'stepvoice-realtime': {
    works: { message: { payload: 'Hello.' } },
    fails: { message: { payload: 'Hello.' }, badge: KEY_REFUSED },
  },
  'stepvoice-chat': {
    works: { message: { payload: 'What is six times seven?' } },
    fails: { message: { payload: 'What is six times seven?' }, badge: KEY_REFUSED },
  },
  'stepvoice-voice': {
    works: { message: { payload: '' } },
    fails: { message: { payload: '' }, badge: KEY_REFUSED },
  },
  'stepvoice-segment': {
    works: { file: VOICE_FILE },
    fails: { message: { payload: 7 }, badge: WRONG_INPUT },
  },
  'stepvoice-audio': {
    works: { file: TEXT_FILE },
    fails: { message: { payload: 7 }, badge: WRONG_INPUT },
  },
  'stepvoice-narrate': {
    config: { voice: 'data-voice' },
    works: { message: { payload: 'One. Two.' } },
    fails: { message: { payload: 'One. Two.' }, badge: KEY_REFUSED },
  },
  'stepvoice-play': {
    credentials: { token: PAGE_TOKEN },
    works: { file: TEXT_FILE, output: 1, needsPage: true },
    fails: { message: { payload: 7 }, badge: WRONG_INPUT },
  },
};

/** Ids of what stands on the tab of a type. */
export function idsOf(type: string): {
  tab: string;
  works: { button: string; node: string; outputs: readonly string[] };
  fails: { button: string; node: string };
} {
  const outputs = definitionOf(type).outputs.map((_, index) => `${type}-output-${index}`);
  return {
    tab: `${type}-tab`,
    works: { button: `${type}-go`, node: type, outputs },
    fails: { button: `${type}-fail`, node: `${type}-failing` },
  };
}

/** A flow with each node on a tab of its own: twice, once to work and once to fail. */
export function toFlow(account: { baseURL: string; apiKey: string }): FlowItem[] {
  return [
    {
      ...itemOf(definitionOf(ACCOUNT_TYPE), ACCOUNT),
      name: 'works',
      baseURL: account.baseURL,
      credentials: { apiKey: account.apiKey },
    },
    {
      ...itemOf(definitionOf(ACCOUNT_TYPE), OTHER_ACCOUNT),
      name: 'refused',
      baseURL: account.baseURL,
      credentials: { apiKey: 'a-key-that-is-refused' },
    },
    ...FLOW_DEFINITIONS.flatMap((definition) => toTab(definition)),
  ];
}

/** As the editor stores a node that was just dragged from the palette. */
function itemOf({ type, version, properties }: NodeDefinition, id: string): FlowItem {
  const item: FlowItem = { id, type, version, name: '' };
  for (const [name, property] of Object.entries(properties)) {
    if (property.value === 'secret' || property.value === 'token') continue;
    item[name] = property.default;
    if (property.sources.length > 0) item[`${name}Type`] = defaultTypeOf(property);
  }
  return item;
}

function toTab(definition: NodeDefinition): FlowItem[] {
  const { type, properties } = definition;
  const scenario = scenarioOf(type);
  const ids = idsOf(type);
  const hasAccount = 'account' in properties;
  const node = { ...itemOf(definition, ids.works.node), z: ids.tab, ...scenario.config };
  const credentials =
    scenario.credentials === undefined ? {} : { credentials: scenario.credentials };
  return [
    { id: ids.tab, type: 'tab', label: type },
    ...toButton(ids.works.button, ids.tab, 200, scenario.works, ids.works.node),
    {
      ...node,
      ...credentials,
      ...(hasAccount ? { account: ACCOUNT } : {}),
      x: 600,
      y: 200,
      wires: ids.works.outputs.map((output) => [output]),
    },
    ...ids.works.outputs.map((id, index) => ({
      id,
      type: 'debug',
      z: ids.tab,
      name: `output ${index + 1}`,
      active: true,
      tosidebar: true,
      console: false,
      tostatus: false,
      complete: 'true',
      targetType: 'full',
      x: 900,
      y: 140 + index * 60,
      wires: [],
    })),
    ...toButton(ids.fails.button, ids.tab, 440, scenario.fails, ids.fails.node),
    {
      ...node,
      ...credentials,
      id: ids.fails.node,
      ...(hasAccount ? { account: OTHER_ACCOUNT } : {}),
      x: 600,
      y: 440,
      wires: ids.works.outputs.map(() => []),
    },
  ];
}

function toButton(
  id: string,
  z: string,
  y: number,
  { message = {}, file }: { message?: Message; file?: string },
  target: string,
): FlowItem[] {
  const props = Object.entries(message).map(([p, v]) => ({
    p,
    v: String(v),
    vt: typeof v === 'number' ? 'num' : 'str',
  }));
  const button = {
    id,
    type: 'inject',
    z,
    name: id,
    props,
    repeat: '',
    crontab: '',
    once: false,
    onceDelay: 0.1,
    x: 160,
    y,
  };
  if (file === undefined) return [{ ...button, wires: [[target]] }];
  const reader = `${id}-file`;
  return [
    { ...button, wires: [[reader]] },
    {
      id: reader,
      type: 'file in',
      z,
      name: file,
      filename: file,
      filenameType: 'str',
      format: '',
      chunk: false,
      sendError: false,
      encoding: 'none',
      allProps: false,
      x: 400,
      y,
      wires: [[target]],
    },
  ];
}

export function definitionOf(type: string): NodeDefinition {
  const definition = DEFINITIONS.find((candidate) => candidate.type === type);
  if (definition === undefined) throw new Error(`There is no ${type}.`);
  return definition;
}

/** @throws for a node that nobody has thought of here */
export function scenarioOf(type: string): Scenario {
  const scenario = SCENARIOS[type];
  if (scenario === undefined) throw new Error(`There is no scenario for ${type}.`);
  return scenario;
}
