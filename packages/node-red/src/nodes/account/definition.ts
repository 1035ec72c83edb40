import {
  choice,
  defineNode,
  list,
  number,
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
        en: 'Stored encrypted with the credentials, in no export. It cannot come from a message.',
        zh: '随凭据加密保存，不会出现在导出中，也不能由消息传入。',
      },
    }),
    apiKeyEnv: text({
      label: { en: 'or from variable', zh: '或读取变量' },
      help: {
        en: 'Name of an environment variable with the key, such as `STEPFUN_API_KEY`. Used where no key is entered.',
        zh: '保存密钥的环境变量名，例如 `STEPFUN_API_KEY`。未填写密钥时使用。',
      },
      placeholder: { en: 'STEPFUN_API_KEY', zh: 'STEPFUN_API_KEY' },
    }),
    region: choice({
      label: { en: 'Region', zh: '区域' },
      help: {
        en: 'Accounts and keys of one are not valid at the other.',
        zh: '两个区域的账户和密钥互不通用。',
      },
      choices: {
        cn: { en: 'China (stepfun.com)', zh: '中国（stepfun.com）' },
        intl: { en: 'International (stepfun.ai)', zh: '国际（stepfun.ai）' },
      },
      default: 'cn',
    }),
    plan: choice({
      label: { en: 'Plan', zh: '套餐' },
      help: {
        en: 'How the account pays. The subscription does not cover everything: what it lacks fails with code `not_in_plan`.',
        zh: '账户的付费方式。订阅并不包含所有功能，不支持的请求会报错，代码为 `not_in_plan`。',
      },
      choices: {
        payg: { en: 'pay as you go', zh: '按量付费' },
        'step-plan': { en: 'Step Plan subscription', zh: 'Step Plan 订阅' },
      },
      default: 'payg',
    }),
    baseURL: text({
      label: { en: 'Base URL', zh: '服务地址' },
      help: {
        en: 'Of a server of your own or a relay: `https`, or `http` on this machine only. Blank for the service. A server of your own needs no key.',
        zh: '自建服务或中转的地址：须为 `https`，仅本机可用 `http`。留空使用官方服务。自建服务可以不填密钥。',
      },
      placeholder: { en: 'https://api.stepfun.com', zh: 'https://api.stepfun.com' },
      isAdvanced: true,
    }),
    headers: list({
      label: { en: 'Headers', zh: '请求头' },
      help: {
        en: 'Sent with every request, one a line as `Name: value`, such as that of an organisation. Never a key: headers are part of every export.',
        zh: '随每个请求发送，每行一条，格式为 `名称: 值`，例如组织标识。请勿填写密钥：请求头会随流程导出。',
      },
      isAdvanced: true,
    }),
    maxParallel: optionalNumber({
      label: { en: 'At once', zh: '并发数' },
      help: {
        en: 'Most requests at the same time, of all nodes of the account; others wait. Blank: as many as the service lets through.',
        zh: '该账户所有节点的最大并发请求数，超出的排队等待。留空则以服务端限制为准。',
      },
      min: 1,
      max: 1000,
      integer: true,
      isAdvanced: true,
    }),
    requestsPerMinute: optionalNumber({
      label: { en: 'Per minute', zh: '每分钟请求数' },
      help: {
        en: 'Most requests within a minute, of all nodes of the account; others wait. Blank: as many as the service lets through.',
        zh: '该账户所有节点每分钟的最大请求数，超出的排队等待。留空则以服务端限制为准。',
      },
      min: 1,
      max: 100_000,
      integer: true,
      isAdvanced: true,
    }),
    attempts: number({
      label: { en: 'Attempts', zh: '尝试次数' },
      help: {
        en: 'How often a request is tried before it fails. What has begun to answer is not tried again.',
        zh: '请求失败前的最多尝试次数。已开始返回结果的请求不会重试。',
      },
      min: 1,
      max: 10,
      integer: true,
      default: 3,
      isAdvanced: true,
    }),
    connectSeconds: optionalNumber({
      label: { en: 'Connect within', zh: '连接时限' },
      help: {
        en: 'How long connecting may take. Blank: 10 s.',
        zh: '建立连接的最长时间。留空为 10 秒。',
      },
      min: 0.1,
      max: 600,
      unit: { en: 's', zh: '秒' },
      isAdvanced: true,
    }),
    answerSeconds: optionalNumber({
      label: { en: 'Answer within', zh: '响应时限' },
      help: {
        en: 'How long the beginning of an answer may take. Blank: 60 s, since a whole sound is made before it is sent.',
        zh: '等待响应开始的最长时间。留空为 60 秒，因为完整音频合成后才会返回。',
      },
      min: 0.1,
      max: 3600,
      unit: { en: 's', zh: '秒' },
      isAdvanced: true,
    }),
    silenceSeconds: optionalNumber({
      label: { en: 'Pause of at most', zh: '中断时限' },
      help: {
        en: 'How long nothing may come in the middle of an answer. Blank: 30 s.',
        zh: '响应过程中允许无数据的最长时间。留空为 30 秒。',
      },
      min: 0.1,
      max: 3600,
      unit: { en: 's', zh: '秒' },
      isAdvanced: true,
    }),
  },
  input: undefined,
  actions: {},
  outputs: [],
  statuses: {},
  details: {
    en: `All nodes with the same account share its connections and its limits.

Proxies are those of Node-RED's environment: \`http_proxy\`, \`https_proxy\` and \`no_proxy\`. Sockets go through them from Node.js 22.21 and 24.5 on.

**Test** asks the service for one of your own voices, which costs nothing. A stored key is used only for the address it was stored with.`,
    zh: `使用同一账户的节点共享连接和限额。

代理取自 Node-RED 的环境变量：\`http_proxy\`、\`https_proxy\` 和 \`no_proxy\`。WebSocket 走代理需要 Node.js 22.21 或 24.5 以上版本。

**测试**只查询一条自己的音色，不产生费用。已保存的密钥只用于保存时的服务地址。`,
  },
});
