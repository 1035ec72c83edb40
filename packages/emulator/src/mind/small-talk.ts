import { findSum } from './arithmetic.ts';
import { languageOf } from './language.ts';
import type { Language } from './language.ts';
import type { MindTurn } from './mind.ts';
import { NUMBER_PATTERN, readNumber } from './number-words.ts';

/** What a rule may look at. */
export type Talk = {
  /** What the user says, without blanks and line ends around it. */
  text: string;
  language: Language;
  /** Everything before it, oldest first. */
  earlier: readonly MindTurn[];
  now: Date;
};

/** A rule of conversation: its name as the mind thinks of it, and an answer where it applies. */
type Rule = { name: string; answer: (talk: Talk) => string | undefined };

/** As much as anybody listens to. */
const LONGEST_COUNT = 100;

/** Says what the first rule that applies has to say. */
export function talk(said: Talk): { rule: string; text: string } {
  for (const { name, answer } of RULES) {
    const text = answer(said);
    if (text !== undefined) return { rule: name, text };
  }
  return { rule: 'echo', text: echo(said) };
}

function echo({ text, language }: Talk): string {
  return language === 'zh' ? `你刚才说：${text}` : `You said: ${text}`;
}

function phrase(name: string, pattern: RegExp, en: string, zh: string): Rule {
  return {
    name,
    answer: ({ text, language }) =>
      pattern.test(withoutEnd(text)) ? (language === 'zh' ? zh : en) : undefined,
  };
}

const RULES: readonly Rule[] = [
  {
    name: 'nothing was said',
    answer: ({ text, language }) => {
      if (text !== '') return undefined;
      return language === 'zh'
        ? '我没有听清，请再说一遍。'
        : 'I could not hear that. Please say it again.';
    },
  },
  { name: 'repeat', answer: repeat },
  { name: 'count', answer: count },
  { name: 'arithmetic', answer: arithmetic },
  { name: 'time', answer: time },
  { name: 'persona', answer: persona },
  { name: 'name of the user', answer: nameOfUser },
  { name: 'memory', answer: memory },
  phrase(
    'how are you',
    /^(?:(?:hello|hi|hey)[,\s]+)?how are you(?: doing)?(?: today)?$|^(?:你)?(?:最近)?(?:好吗|怎么样)$|^你好吗$/i,
    'I am fine, thank you. And you?',
    '我很好，谢谢。你呢？',
  ),
  phrase(
    'greeting',
    /^(?:hello|hi|hey|good (?:morning|afternoon|evening))(?:[,\s]+(?:there|again|everyone|stepvoice|step))?$|^(?:喂|哈喽|嗨|您好|你好|大家好|早上好|上午好|中午好|下午好|晚上好|早安)(?:[啊呀吗]|[，,]?(?:小跃|阶跃))?$/i,
    'Hello! How can I help you?',
    '你好！有什么可以帮你？',
  ),
  phrase(
    'thanks',
    /^(?:many )?(?:thanks|thank you)(?: (?:so|very) much| a lot)?$|^(?:非常|太)?(?:感谢|谢谢)(?:你|您|啦|了)*$|^多谢$/i,
    "You're welcome.",
    '不客气。',
  ),
  phrase(
    'farewell',
    /^(?:good ?bye|bye(?: bye)?|see you(?: later| soon| tomorrow)?|good night)$|^(?:再见|拜拜|晚安|明天见|回头见)[啦了]?$/i,
    'Goodbye!',
    '再见！',
  ),
];

function repeat({ text }: Talk): string | undefined {
  const match =
    /^(?:please\s+)?(?:repeat(?:\s+after\s+me)?|say(?:\s+after\s+me)?|read(?:\s+aloud)?)\s*[:：,，]?\s+(?=\S)(.+)$/isu.exec(
      text,
    ) ??
    /^请?你?(?:再)?(?:跟我(?:说|读|念)|重复(?:一遍)?|复述|念一遍|说一遍|读一遍)\s*[:：,，]?\s*(.+)$/su.exec(
      text,
    );
  const said = match?.[1]?.trim();
  if (said === undefined) return undefined;
  return /^["“「『'‘](.+)["”」』'’]$/su.exec(said)?.[1] ?? said;
}

const COUNT_EN = new RegExp(
  `^(?:please\\s+)?(?:can you\\s+|could you\\s+)?count(?:\\s+(?:down|up))?(?:\\s+from\\s+(${NUMBER_PATTERN}))?\\s+(?:up\\s+|down\\s+)?to\\s+(${NUMBER_PATTERN})(?:\\s+please)?$`,
  'i',
);
const COUNT_ZH = new RegExp(
  `^(?:请|你|可以|能)*(?:帮我)?(?:从\\s*(${NUMBER_PATTERN})\\s*)?(?:开始)?数(?:数)?到\\s*(${NUMBER_PATTERN})吗?$`,
  'u',
);

function count({ text, language }: Talk): string | undefined {
  const asked = withoutEnd(text);
  const match = COUNT_EN.exec(asked) ?? COUNT_ZH.exec(asked);
  const last = match === null ? undefined : readNumber(match[2] ?? '');
  if (match === null || last === undefined) return undefined;
  const first = match[1] === undefined ? 1 : (readNumber(match[1]) ?? 1);
  const length = Math.abs(last - first) + 1;
  if (!Number.isInteger(first) || !Number.isInteger(last) || length > LONGEST_COUNT) {
    return language === 'zh'
      ? `我一次最多数${LONGEST_COUNT}个整数。`
      : `I count at most ${LONGEST_COUNT} whole numbers at a time.`;
  }
  const step = last < first ? -1 : 1;
  const numbers = Array.from({ length }, (_, index) => first + step * index);
  return language === 'zh' ? `${numbers.join('，')}。` : `${numbers.join(', ')}.`;
}

function arithmetic({ text, language }: Talk): string | undefined {
  const sum = findSum(text);
  if (sum === undefined) return undefined;
  const isChinese = language === 'zh' && languageOf(text) === 'zh';
  if (sum.value === undefined)
    return isChinese ? '不能除以零。' : 'Nothing can be divided by zero.';
  return isChinese ? `${sum.expression}等于${sum.value}。` : `${sum.expression} is ${sum.value}.`;
}

function time({ text, language, now }: Talk): string | undefined {
  const asked = withoutEnd(text);
  const clock = `${pad(now.getHours())}:${pad(now.getMinutes())}`;
  if (
    /\bwhat(?:'s| is)? (?:the )?(?:current )?time\b(?: is it)?(?: now)?$|^(?:do you know )?what time it is$/i.test(
      asked,
    ) ||
    /(?:现在|请问|知道).{0,6}(?:几点|什么时间|什么时候)(?:了|钟)*$|^几点(?:了|钟)*$/u.test(asked)
  ) {
    return language === 'zh'
      ? `现在是${now.getHours()}点${pad(now.getMinutes())}分。`
      : `It is ${clock}.`;
  }
  if (
    /\bwhat(?:'s| is)? (?:the )?(?:date|day)\b(?: is it)?(?: today)?$|^what day is (?:it|today)$/i.test(
      asked,
    ) ||
    /今天.{0,4}(?:几号|几月几号|几月几日|日期|星期几|礼拜几|周几)$/u.test(asked)
  ) {
    const [year, month, day] = [now.getFullYear(), now.getMonth(), now.getDate()];
    return language === 'zh'
      ? `今天是${year}年${month + 1}月${day}日，星期${'日一二三四五六'[now.getDay()]}。`
      : `Today is ${DAYS[now.getDay()]}, ${day} ${MONTHS[month]} ${year}.`;
  }
  return undefined;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

function persona({ text, language, earlier }: Talk): string | undefined {
  const asked =
    /^(?:(?:hello|hi|hey)[,\s]+)?(?:who are you|what(?:'s| is) your name|tell me (?:about yourself|your name)|introduce yourself)$/i.test(
      withoutEnd(text),
    ) ||
    /^(?:请问)?你(?:是谁|叫什么(?:名字)?|的名字是什么)(?:啊|呀)?$|^(?:请)?(?:你)?(?:自我介绍|介绍一下(?:你)?自己)$/u.test(
      withoutEnd(text),
    );
  if (!asked) return undefined;
  const who = findPersona(earlier);
  if (who === undefined) {
    return language === 'zh'
      ? '我是 Stepvoice 模拟器，一个按简单规则回答的程序。'
      : 'I am the Stepvoice emulator, a program that answers by simple rules.';
  }
  return language === 'zh' ? `我是${who}。` : `I am ${who}.`;
}

/** Who the system text says that the assistant is; the newest that says it counts. */
function findPersona(earlier: readonly MindTurn[]): string | undefined {
  for (const { role, text } of earlier.toReversed()) {
    if (role !== 'system') continue;
    const match =
      /\b(?:you are|you're|your name is|act as)\s+([^.!?\n;,。，]{1,80})/i.exec(text) ??
      /(?:你是|你叫|你的名字是|你的名字叫|你扮演|请扮演)\s*([^.!?\n;,。，；！？]{1,40})/u.exec(
        text,
      );
    if (match?.[1] !== undefined) return match[1].trim();
  }
  return undefined;
}

function nameOfUser({ text, language, earlier }: Talk): string | undefined {
  const said = withoutEnd(text);
  const told = nameIn(said);
  if (told !== undefined) {
    return language === 'zh' ? `你好，${told}，很高兴认识你。` : `Nice to meet you, ${told}.`;
  }
  if (
    !/^(?:do you (?:know|remember) |what(?:'s| is) )my name(?: is)?$|^(?:你)?(?:知道|记得|还记得)?我(?:叫什么(?:名字)?|是谁|的名字)(?:吗)?$/iu.test(
      said,
    )
  ) {
    return undefined;
  }
  for (const turn of earlier.toReversed()) {
    const name = turn.role === 'user' ? nameIn(withoutEnd(turn.text)) : undefined;
    if (name !== undefined) return language === 'zh' ? `你叫${name}。` : `Your name is ${name}.`;
  }
  return language === 'zh' ? '你还没有告诉我你的名字。' : 'You have not told me your name.';
}

function nameIn(text: string): string | undefined {
  return (
    /^(?:(?:hello|hi|hey)[,\s]+)?(?:my name is|i am called|call me)\s+([\p{L}][\p{L}' -]{0,40})$/iu.exec(
      text,
    )?.[1] ??
    /^(?:你好[，,]?)?(?:我叫|我的名字是|我的名字叫)\s*(?!什么)([^\s，。！？,.!?]{1,20})$/u.exec(
      text,
    )?.[1]
  );
}

function memory({ text, language, earlier }: Talk): string | undefined {
  const asked =
    /^what (?:did i|have i|was i) (?:just |last )?(?:say|said|saying|ask|asked|tell you|told you)(?: (?:before|earlier|last|just now|to you|you))*$/i.test(
      withoutEnd(text),
    ) ||
    /^我(?:刚才|刚刚|之前|上一句|前面)(?:都)?(?:说|问)(?:了|过)?(?:些)?什么(?:话|来着)?$/u.test(
      withoutEnd(text),
    );
  if (!asked) return undefined;
  const before = earlier.findLast((turn) => turn.role === 'user' && turn.text.trim() !== '')?.text;
  if (before === undefined) {
    return language === 'zh'
      ? '在这之前你还没有说过话。'
      : 'You have not said anything before that.';
  }
  return language === 'zh' ? `你刚才说：${before.trim()}` : `You said: ${before.trim()}`;
}

function withoutEnd(text: string): string {
  return text.replace(/[\s.。!！?？~～…]+$/u, '').trim();
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
