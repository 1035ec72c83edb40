import { chineseNumber, digitByDigit } from './numerals.ts';

/** How one sign or quantity is read, by the language it stands in. */
export type Readings = { zh: string; en: string; ja: string };

export type Normalization = 'standard' | 'enhanced';

type Quantity = { written: string; readings: Readings };

const number = String.raw`\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`;
const time = /([01]?\d|2[0-4])[:：]([0-5]\d)(?![\d:：])/y;
const year = /\d{4}(?=\s?年)/y;
const money = new RegExp(String.raw`([$€£¥￥])\s?(${number})(?![\d\p{Script=Latin}])`, 'uy');
const percentage = new RegExp(String.raw`(${number})\s?[%％]`, 'y');
const plain = new RegExp(String.raw`(?:${number})(?![\d\p{Script=Latin}])`, 'uy');
const range = new RegExp(
  String.raw`(${number})\s?[-~～–—]\s?(${number})(?![\d\p{Script=Latin}/-])`,
  'uy',
);
const fraction = /(\d{1,4})\/(\d{1,4})(?![\d/\p{Script=Latin}])/uy;
const withUnit = new RegExp(
  String.raw`(${number})\s?(km\/h|m\/s|km²|m²|m³|kWh|kHz|MHz|GHz|Hz|kW|W|km|cm|mm|m|kg|mg|g|ml|mL|L|°C|℃|°F|℉|°|TB|GB|MB|KB|kB|ms|min|s|h|dB|V|px)(?![\d\p{Script=Latin}/])`,
  'uy',
);

const currencies: Readonly<Record<string, Readings>> = {
  $: { zh: '美元', en: 'dollars', ja: 'ドル' },
  '€': { zh: '欧元', en: 'euros', ja: 'ユーロ' },
  '£': { zh: '英镑', en: 'pounds', ja: 'ポンド' },
  '¥': { zh: '元', en: 'yuan', ja: '円' },
  '￥': { zh: '元', en: 'yuan', ja: '円' },
};

const units: Readonly<Record<string, Readings>> = {
  'km/h': { zh: '公里每小时', en: 'kilometers per hour', ja: 'キロメートル毎時' },
  'm/s': { zh: '米每秒', en: 'meters per second', ja: 'メートル毎秒' },
  'km²': { zh: '平方公里', en: 'square kilometers', ja: '平方キロメートル' },
  'm²': { zh: '平方米', en: 'square meters', ja: '平方メートル' },
  'm³': { zh: '立方米', en: 'cubic meters', ja: '立方メートル' },
  km: { zh: '公里', en: 'kilometers', ja: 'キロメートル' },
  cm: { zh: '厘米', en: 'centimeters', ja: 'センチメートル' },
  mm: { zh: '毫米', en: 'millimeters', ja: 'ミリメートル' },
  m: { zh: '米', en: 'meters', ja: 'メートル' },
  kg: { zh: '公斤', en: 'kilograms', ja: 'キログラム' },
  mg: { zh: '毫克', en: 'milligrams', ja: 'ミリグラム' },
  g: { zh: '克', en: 'grams', ja: 'グラム' },
  ml: { zh: '毫升', en: 'milliliters', ja: 'ミリリットル' },
  mL: { zh: '毫升', en: 'milliliters', ja: 'ミリリットル' },
  L: { zh: '升', en: 'liters', ja: 'リットル' },
  '°C': { zh: '摄氏度', en: 'degrees Celsius', ja: '度' },
  '℃': { zh: '摄氏度', en: 'degrees Celsius', ja: '度' },
  '°F': { zh: '华氏度', en: 'degrees Fahrenheit', ja: '華氏度' },
  '℉': { zh: '华氏度', en: 'degrees Fahrenheit', ja: '華氏度' },
  '°': { zh: '度', en: 'degrees', ja: '度' },
  TB: { zh: '太字节', en: 'terabytes', ja: 'テラバイト' },
  GB: { zh: '吉字节', en: 'gigabytes', ja: 'ギガバイト' },
  MB: { zh: '兆字节', en: 'megabytes', ja: 'メガバイト' },
  KB: { zh: '千字节', en: 'kilobytes', ja: 'キロバイト' },
  kB: { zh: '千字节', en: 'kilobytes', ja: 'キロバイト' },
  ms: { zh: '毫秒', en: 'milliseconds', ja: 'ミリ秒' },
  min: { zh: '分钟', en: 'minutes', ja: '分' },
  s: { zh: '秒', en: 'seconds', ja: '秒' },
  h: { zh: '小时', en: 'hours', ja: '時間' },
  Hz: { zh: '赫兹', en: 'hertz', ja: 'ヘルツ' },
  kHz: { zh: '千赫', en: 'kilohertz', ja: 'キロヘルツ' },
  MHz: { zh: '兆赫', en: 'megahertz', ja: 'メガヘルツ' },
  GHz: { zh: '吉赫', en: 'gigahertz', ja: 'ギガヘルツ' },
  W: { zh: '瓦', en: 'watts', ja: 'ワット' },
  kW: { zh: '千瓦', en: 'kilowatts', ja: 'キロワット' },
  kWh: { zh: '千瓦时', en: 'kilowatt hours', ja: 'キロワット時' },
  V: { zh: '伏', en: 'volts', ja: 'ボルト' },
  dB: { zh: '分贝', en: 'decibels', ja: 'デシベル' },
  px: { zh: '像素', en: 'pixels', ja: 'ピクセル' },
};

const standardSigns: Readonly<Record<string, Readings>> = {
  '+': { zh: '加', en: 'plus', ja: 'プラス' },
  '=': { zh: '等于', en: 'equals', ja: 'イコール' },
  '&': { zh: '和', en: 'and', ja: 'アンド' },
  '＆': { zh: '和', en: 'and', ja: 'アンド' },
  '@': { zh: '艾特', en: 'at', ja: 'アットマーク' },
  '＠': { zh: '艾特', en: 'at', ja: 'アットマーク' },
};

const enhancedSigns: Readonly<Record<string, Readings>> = {
  '×': { zh: '乘以', en: 'times', ja: 'かける' },
  '÷': { zh: '除以', en: 'divided by', ja: '割る' },
  '±': { zh: '正负', en: 'plus or minus', ja: 'プラスマイナス' },
  '<': { zh: '小于', en: 'less than', ja: '小なり' },
  '>': { zh: '大于', en: 'greater than', ja: '大なり' },
  '≤': { zh: '小于等于', en: 'less than or equal to', ja: '以下' },
  '≥': { zh: '大于等于', en: 'greater than or equal to', ja: '以上' },
  '≠': { zh: '不等于', en: 'is not equal to', ja: 'ノットイコール' },
  '≈': { zh: '约等于', en: 'is about', ja: '約' },
  '→': { zh: '到', en: 'to', ja: '矢印' },
  '#': { zh: '井号', en: 'number sign', ja: 'シャープ' },
  '‰': { zh: '千分号', en: 'per mille', ja: 'パーミル' },
  '√': { zh: '根号', en: 'square root of', ja: 'ルート' },
  π: { zh: '派', en: 'pi', ja: 'パイ' },
};

/**
 * The number, amount of money, time of day, percentage or sign written at `offset`, and its readings. `standard` knows what no text can
 * be read without; `enhanced` adds units of measure, ranges, fractions, negative numbers and mathematical signs.
 */
export function readQuantity(
  text: string,
  offset: number,
  normalization: Normalization,
): Quantity | undefined {
  const at = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = offset;
    return pattern.exec(text);
  };
  const enhanced = normalization === 'enhanced';
  let match: RegExpExecArray | null;
  if (
    enhanced &&
    /[-−]/.test(text[offset] ?? '') &&
    !/[\d\p{Script=Latin}]/u.test(text[offset - 1] ?? '')
  ) {
    const amount =
      /\d/.test(text[offset + 1] ?? '') && readQuantity(text, offset + 1, normalization);
    if (!amount) return undefined;
    const { zh, en, ja } = amount.readings;
    return {
      written: text[offset]! + amount.written,
      readings: { zh: `负${zh}`, en: `minus ${en}`, ja: `マイナス${ja}` },
    };
  }
  if ((match = at(time))) return quantity(match, readTime(match[1]!, match[2]!));
  if ((match = at(year))) {
    return quantity(match, { ...readNumber(match[0]), zh: digitByDigit(match[0]) });
  }
  if ((match = at(money))) return quantity(match, followedBy(match[2]!, currencies[match[1]!]!));
  if ((match = at(percentage))) {
    const { zh, en, ja } = readNumber(match[1]!);
    return quantity(match, { zh: `百分之${zh}`, en: `${en} percent`, ja: `${ja}パーセント` });
  }
  if (enhanced && (match = at(withUnit))) {
    return quantity(match, followedBy(match[1]!, units[match[2]!]!));
  }
  if (enhanced && (match = at(range))) {
    const from = readNumber(match[1]!);
    const to = readNumber(match[2]!);
    return quantity(match, {
      zh: `${from.zh}到${to.zh}`,
      en: `${from.en} to ${to.en}`,
      ja: `${from.ja}から${to.ja}`,
    });
  }
  if (enhanced && (match = at(fraction))) {
    const over = readNumber(match[1]!);
    const under = readNumber(match[2]!);
    return quantity(match, {
      zh: `${under.zh}分之${over.zh}`,
      en: `${over.en} over ${under.en}`,
      ja: `${under.ja}分の${over.ja}`,
    });
  }
  if ((match = at(plain))) {
    const readings = readNumber(match[0]);
    const isTwoOfSomething =
      match[0] === '2' && /^[个只本次天位条张件种家名块杯句]/.test(text.slice(offset + 1));
    return quantity(match, isTwoOfSomething ? { ...readings, zh: '两' } : readings);
  }
  const sign = text[offset] ?? '';
  const readings = standardSigns[sign] ?? (enhanced ? enhancedSigns[sign] : undefined);
  return readings && { written: sign, readings };
}

function quantity(match: RegExpExecArray, readings: Readings): Quantity {
  return { written: match[0], readings };
}

function readNumber(written: string): Readings {
  const digits = written.replaceAll(',', '');
  // Mobile numbers of the mainland: eleven digits from 1 on.
  const han = /^1\d{10}$/.test(digits) ? digitByDigit(digits) : chineseNumber(digits);
  return { zh: han, en: digits, ja: han };
}

function followedBy(amount: string, noun: Readings): Readings {
  const { zh, en, ja } = readNumber(amount);
  const singular = en === '1' ? noun.en.replace(/s(?=$| )/, '') : noun.en;
  return { zh: zh + noun.zh, en: `${en} ${singular}`, ja: ja + noun.ja };
}

function readTime(hour: string, minute: string): Readings {
  const hours = readNumber(String(Number(hour)));
  const minutes = readNumber(String(Number(minute)));
  if (Number(minute) === 0)
    return { zh: `${hours.zh}点`, en: `${hours.en} o'clock`, ja: `${hours.ja}時` };
  const spokenMinutes = Number(minute) < 10 ? `零${minutes.zh}` : minutes.zh;
  return {
    zh: `${hours.zh}点${spokenMinutes}分`,
    en: `${hours.en} ${Number(minute) < 10 ? `oh ${minutes.en}` : minutes.en}`,
    ja: `${hours.ja}時${minutes.ja}分`,
  };
}
