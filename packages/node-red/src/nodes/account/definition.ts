import {
  choice,
  defineNode,
  optionalNumber,
  secret,
  text,
} from '../../definition/node-definition.ts';
import { COLORS } from '../../definition/palette.ts';

export const accountDefinition = defineNode({
  type: 'stepvoice-account',
  version: 1,
  migrations: [],
  isConfig: true,
  label: { en: 'Stepvoice account', zh: 'Stepvoice 账户' },
  summary: {
    en: 'An account at StepFun, or a server of your own.',
    zh: 'StepFun 账户，或自己的服务器。',
  },
  icon: 'stepvoice-account.svg',
  color: COLORS.sound,
  properties: {
    apiKey: secret({
      label: { en: 'API key', zh: 'API 密钥' },
      help: {
        en: 'Stored encrypted with the credentials, in no export.',
        zh: '随凭据加密保存，不会出现在导出中。',
      },
    }),
    apiKeyEnv: text({
      label: { en: 'or from variable', zh: '或读取变量' },
      help: {
        en: 'Name of an environment variable with the key, used where no key is entered.',
        zh: '未填写密钥时，从该环境变量读取。',
      },
    }),
    region: choice({
      label: { en: 'Region', zh: '区域' },
      help: { en: 'Keys of one are not valid at the other.', zh: '两个区域的密钥不通用。' },
      choices: {
        cn: { en: 'China (stepfun.com)', zh: '中国（stepfun.com）' },
        intl: { en: 'International (stepfun.ai)', zh: '国际（stepfun.ai）' },
      },
      default: 'cn',
    }),
    plan: choice({
      label: { en: 'Plan', zh: '套餐' },
      help: { en: 'How the account pays.', zh: '账户的付费方式。' },
      choices: {
        payg: { en: 'pay as you go', zh: '按量付费' },
        'step-plan': { en: 'Step Plan subscription', zh: 'Step Plan 订阅' },
      },
      default: 'payg',
    }),
    baseURL: text({
      label: { en: 'Base URL', zh: '服务地址' },
      help: {
        en: 'Of a server of your own. Blank for the service.',
        zh: '自建服务的地址，留空使用官方服务。',
      },
      isAdvanced: true,
    }),
    maxParallel: optionalNumber({
      label: { en: 'At once', zh: '并发数' },
      help: {
        en: 'Most requests at the same time, of all nodes of the account.',
        zh: '该账户所有节点的最大并发请求数。',
      },
      min: 1,
      max: 1000,
      integer: true,
      isAdvanced: true,
    }),
  },
  input: undefined,
  actions: {},
  outputs: [],
  statuses: {},
  details: { en: '', zh: '' },
});
