/** Two notes of about 6 000 characters, as somebody would have them read aloud. */

const ENGLISH = [
  'The ferry crosses the estuary twice a day, and on most mornings hardly anybody is on deck to see the harbour wall go by.',
  'Mrs. Aldous, who keeps the ticket office, says that this was not always so.',
  'There used to be a queue at seven!',
  'Was it the bridge that changed it?',
  'She thinks of it as a matter of habit: people go where others go.',
  'A new timetable was printed in 2019, with 14 sailings a week in place of 28.',
  'The crew took it well enough.',
  'They paint, they splice, they repair what the salt has eaten, and they wait for the tide.',
  'In winter the fog comes up the river before dawn and lies there until noon, so thick that the far bank is only a sound of bells.',
  'Nobody has ever measured how thick.',
];

const CHINESE = [
  '清晨的码头还没有醒来，只有几只海鸥在桅杆之间飞来飞去。',
  '老船长坐在缆桩上，慢慢地喝着一杯热茶。',
  '今天有雾吗？',
  '他抬头看了看对岸，什么也看不见！',
  '二十年前，这里每天有十二班渡轮，候船的人一直排到街口。',
  '后来大桥修好了，大家都改走大桥。',
  '船还是那条船，水还是那片水，只是坐船的人越来越少。',
  '他说，习惯是一件很奇怪的事情：别人往哪里走，你也就往哪里走。',
  '到了冬天，雾从河口慢慢涌上来，一直停到中午，连对面的钟声听起来都像是从很远的地方传来的。',
  '没有人量过那雾到底有多厚。',
];

export const ENGLISH_NOTE = note(ENGLISH, ' ', (part) => `Chapter ${part}`, 6000);
export const CHINESE_NOTE = note(CHINESE, '', (part) => `第${part}章`, 6000);

/** Paragraphs of four sentences, a heading before every sixth paragraph; the first sentence comes first. */
function note(
  sentences: readonly string[],
  gap: string,
  heading: (part: number) => string,
  length: number,
): string {
  let text = '';
  for (let count = 0; text.length < length; count += 1) {
    if (count % 24 === 12) text += `\n\n## ${heading((count + 12) / 24)}\n\n`;
    else if (count % 4 === 0 && count > 0) text += '\n\n';
    else if (count > 0) text += gap;
    // No two sentences are the same, or the cache would have the second one for nothing.
    const sentence = sentences[count % sentences.length]!;
    const round = Math.floor(count / sentences.length);
    text += round === 0 ? sentence : `${sentence.slice(0, -1)} ${round}${sentence.slice(-1)}`;
  }
  return text;
}
