import type { Text } from './node-definition.ts';

/** What the dialogs say that is no property of a node. `__name__` stands for a value. */
export const EDITOR_TEXTS = {
  name: { en: 'Name', zh: '名称' },
  advanced: { en: 'More settings', zh: '更多设置' },
  fixedValue: { en: 'this value', zh: '固定值' },
  textBelow: { en: 'the text below', zh: '使用下方文本' },
  sourceOf: { en: '__label__: where it comes from', zh: '__label__：取值来源' },
  messageWins: {
    en: 'A message with __property__ takes precedence.',
    zh: '消息带有 __property__ 时以消息为准。',
  },

  voices: { en: 'Voices', zh: '音色列表' },
  chooseVoice: { en: 'Choose a voice', zh: '选择音色' },
  searchVoices: { en: 'Search by name or id', zh: '按名称或 ID 搜索' },
  voiceLanguage: { en: 'Language', zh: '语言' },
  anyLanguage: { en: 'all', zh: '全部' },
  languageEn: { en: 'English', zh: '英语' },
  languageZh: { en: 'Chinese', zh: '中文' },
  ownVoices: { en: 'my clones', zh: '我的克隆音色' },
  ownVoice: { en: 'my clone', zh: '我的克隆' },
  female: { en: 'female', zh: '女声' },
  male: { en: 'male', zh: '男声' },
  otherModel: { en: 'not for this model', zh: '不适用于当前模型' },
  refreshVoices: { en: 'Ask the service again', zh: '重新获取' },
  loadingVoices: { en: 'Loading voices…', zh: '正在获取音色…' },
  voicesFetched: {
    en: '__count__ voices, as of __time__.',
    zh: '共 __count__ 个音色，更新于 __time__。',
  },
  voicesFromTable: {
    en: 'Built-in list. With a key, the account’s own voices appear, too.',
    zh: '内置列表。填写密钥后可看到账户自己的音色。',
  },
  price: {
    en: 'List price, pay as you go in China: ¥__price__ for 1000 Chinese characters or 2000 Latin letters.',
    zh: '中国区按量付费目录价：每 1000 个汉字（或 2000 个英文字母）¥__price__。',
  },
  editAccount: { en: 'Edit the account', zh: '编辑账户' },
  addAccount: { en: 'Add an account', zh: '添加账户' },
  noVoices: { en: 'No voice matches.', zh: '没有匹配的音色。' },
  chooseAccount: { en: 'Choose an account first.', zh: '请先选择账户。' },
  playSample: { en: 'Listen to __name__', zh: '试听 __name__' },
  sampleBilled: {
    en: 'A first listen is billed like any short sentence.',
    zh: '首次试听按一句短文本计费。',
  },
  deployFirst: {
    en: 'Deploy the account first: samples are made with it.',
    zh: '请先部署账户，试听需要使用它。',
  },
  cannotPlay: { en: 'This browser could not play the sample.', zh: '浏览器无法播放试听音频。' },

  test: { en: 'Test the connection', zh: '测试连接' },
  testing: { en: 'Asking the service…', zh: '正在连接…' },
  testPassed: { en: 'Works. Answered in __ms__ ms.', zh: '连接正常，用时 __ms__ 毫秒。' },
  notAllowed: { en: 'Your login does not allow this.', zh: '当前登录用户没有此权限。' },
  unreachable: { en: 'Node-RED does not answer.', zh: 'Node-RED 没有响应。' },

  copyKey: { en: 'Copy the key', zh: '复制密钥' },
  copyLink: { en: 'Copy the link', zh: '复制链接' },
  copied: { en: 'copied', zh: '已复制' },
  notCopied: { en: 'not copied', zh: '复制失败' },
  renewToken: { en: 'Make a new one', zh: '重新生成' },

  page: { en: 'Page', zh: '网页' },
  pageCode: { en: 'QR code of the link, to scan with the phone', zh: '链接的二维码，可用手机扫描' },
  pageLink: {
    en: 'Whoever has this link can talk and listen.',
    zh: '拿到此链接的人都可以说话和收听。',
  },
  pageLinkLater: {
    en: 'Works after Done and Deploy. Whoever has this link can talk and listen.',
    zh: '点击“完成”并部署后生效。拿到此链接的人都可以说话和收听。',
  },
  pageNew: {
    en: 'There was no key, so one was made just now: press Done, then Deploy. Whoever has this link can talk and listen.',
    zh: '此节点原来没有密钥，刚刚已生成：请点击“完成”，然后部署。拿到此链接的人都可以说话和收听。',
  },
  pageOnlyHere: {
    en: 'This address is good on this computer only. For a phone, open the editor by the computer’s address in your network: then a QR code stands here.',
    zh: '此地址只能在本机使用。要用手机打开，请通过本机在局域网中的地址访问编辑器，届时这里会显示二维码。',
  },
  pageListensOnly: {
    en: 'Over http, phones can listen only: the microphone needs https.',
    zh: '通过 http 打开时手机只能收听，使用话筒需要 https。',
  },

  addTool: { en: 'add a tool', zh: '添加工具' },
  toolName: { en: 'name', zh: '名称' },
  toolDescription: { en: 'what it does', zh: '用途说明' },
  toolParameters: { en: 'parameters, as a JSON Schema', zh: '参数（JSON Schema）' },
  editSchema: { en: 'Edit the parameters', zh: '编辑参数' },
  editJson: { en: 'Edit the JSON', zh: '编辑 JSON' },

  invalidNumber: { en: 'a number from __min__ to __max__', zh: '应为 __min__ 到 __max__ 的数字' },
  invalidInteger: {
    en: 'a whole number from __min__ to __max__',
    zh: '应为 __min__ 到 __max__ 的整数',
  },
  invalidBoolean: { en: 'true or false', zh: '应为 true 或 false' },
  invalidChoice: { en: 'one of __choices__', zh: '应为以下之一：__choices__' },
  invalidBlank: { en: 'is needed', zh: '必须填写' },
  invalidPlace: { en: 'say where it is to be read from', zh: '请填写要读取的位置' },
  invalidJson: { en: 'no JSON: __detail__', zh: '不是有效的 JSON：__detail__' },
  invalidTools: { en: 'no list of tools', zh: '不是工具列表' },
  invalidToolName: {
    en: 'the name “__name__” needs 1 to 64 letters, digits, _ or -',
    zh: '工具名称“__name__”应为 1 到 64 个字母、数字、_ 或 -',
  },
  duplicateTool: { en: 'two tools are named “__name__”', zh: '有两个工具都叫“__name__”' },
  invalidToolSchema: {
    en: 'the parameters of “__name__” are no JSON Schema',
    zh: '“__name__”的参数不是 JSON Schema',
  },
} as const satisfies Record<string, Text>;

export type EditorTextKey = keyof typeof EDITOR_TEXTS;
