import type { MindTool } from './mind.ts';

/** A tool is asked for when this much of its name and description is in what the user says. */
const LEAST_SCORE = 3;
const NAME_SCORE = 3;
const DESCRIPTION_SCORE = 1;

/** Words that say nothing about what a tool does. */
const STOP_WORDS = new Set(
  'about after all also and any are call can could does for from function get give has have how into its list make may more must new not now one other out please return returns set should some such tell than that the their them then there these they this tool use used user using value values what when where which who will with would you your current'.split(
    ' ',
  ),
);
const HAN_STOP_WORDS = new Set([
  '一个',
  '可以',
  '使用',
  '用户',
  '返回',
  '工具',
  '获取',
  '指定',
  '当前',
  '进行',
  '什么',
  '现在',
]);

/** What tools are named in English and asked for in Chinese, and the other way round. */
const TRANSLATIONS: readonly [english: string, chinese: readonly string[]][] = [
  ['weather', ['天气', '下雨', '气温']],
  ['temperature', ['温度', '气温']],
  ['time', ['时间', '几点']],
  ['date', ['日期', '几号']],
  ['search', ['搜索', '搜一下', '查找']],
  ['music', ['音乐', '歌']],
  ['song', ['歌']],
  ['play', ['播放', '放一首']],
  ['light', ['灯']],
  ['translate', ['翻译']],
  ['calculate', ['计算', '算一下']],
  ['calculator', ['计算', '算一下']],
  ['remind', ['提醒']],
  ['reminder', ['提醒']],
  ['alarm', ['闹钟']],
  ['timer', ['定时', '计时']],
  ['news', ['新闻']],
  ['stock', ['股票', '股价']],
  ['price', ['价格', '多少钱']],
  ['map', ['地图']],
  ['route', ['路线', '怎么走']],
  ['navigate', ['导航']],
  ['email', ['邮件']],
  ['mail', ['邮件']],
  ['message', ['消息', '短信']],
  ['order', ['订单', '下单', '订']],
  ['book', ['预订', '预约']],
  ['ticket', ['票']],
  ['flight', ['航班', '飞机']],
  ['hotel', ['酒店']],
  ['restaurant', ['餐厅', '饭店']],
  ['volume', ['音量']],
  ['open', ['打开', '开']],
  ['close', ['关闭', '关上']],
];

/** The tool that a text asks for, by the words of its name and description; the first of equals. */
export function chooseTool(text: string, tools: readonly MindTool[]): MindTool | undefined {
  let best: MindTool | undefined;
  let bestScore = LEAST_SCORE - 1;
  for (const tool of tools) {
    const score = scoreOf(text, tool);
    if (score > bestScore) [best, bestScore] = [tool, score];
  }
  return best;
}

function scoreOf(text: string, tool: MindTool): number {
  const said = new Set(wordsOf(text));
  const named = new Set(wordsOf(splitName(tool.name)));
  const described = new Set(wordsOf(tool.description).filter((word) => !named.has(word)));
  return (
    NAME_SCORE * countHits(named, said, text) + DESCRIPTION_SCORE * countHits(described, said, text)
  );
}

function countHits(words: ReadonlySet<string>, said: ReadonlySet<string>, text: string): number {
  let hits = 0;
  for (const word of words) if (said.has(word) || isTranslated(word, said, text)) hits += 1;
  return hits;
}

function isTranslated(word: string, said: ReadonlySet<string>, text: string): boolean {
  return TRANSLATIONS.some(
    ([english, chinese]) =>
      (stem(english) === word && chinese.some((translation) => text.includes(translation))) ||
      (chinese.includes(word) && said.has(stem(english))),
  );
}

/** `getWeather_now` → `get Weather now`. */
function splitName(name: string): string {
  return name.replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2').replace(/[_\-.]+/g, ' ');
}

/** English words without their endings, and pairs of neighbouring Han characters. */
function wordsOf(text: string): string[] {
  const latin = text.toLowerCase().match(/[a-z]{3,}/g) ?? [];
  const han = text.match(/\p{Script=Han}+/gu) ?? [];
  const pairs = han.flatMap((run) => {
    const characters = Array.from(run);
    return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
  });
  return [
    ...latin.filter((word) => !STOP_WORDS.has(word)).map(stem),
    ...pairs.filter((pair) => !HAN_STOP_WORDS.has(pair)),
  ];
}

function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ing|ers?|ed|e?s)$/, '') : word;
}
