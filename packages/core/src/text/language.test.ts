import { expect, test } from 'vitest';
import { detectLanguage } from './language.ts';

test.each<[string, string | undefined]>([
  ['The train left and nobody was on it.', 'en'],
  ['What is this?', 'en'],
  ['今天下雨，我们走吧。', 'zh'],
  ['今天下雨，我們走吧。', 'zh'],
  ['我用 React 和 TypeScript 写代码。', 'zh'],
  ['iPhone 15 Pro Max 评测', 'zh'],
  ['The word 你好 means hello in Chinese.', 'en'],
  ['今日は雨です。', 'ja'],
  ['東京タワーへ行く', 'ja'],
  ['TypeScript でコードを書く', 'ja'],
  ['ｺﾝﾆﾁﾊ', 'ja'],
  ['他说の是什么意思？这个词来自日本，很多人都在用，大家觉得很有趣。', 'zh'],
  ['안녕하세요, 저는 학생입니다.', 'ko'],
  ['Привет, это тест, мы здесь.', 'ru'],
  ['Добрий день, як ваші справи? Її немає.', 'uk'],
  ['Добры дзень, гэта не ў горадзе.', 'be'],
  ['Љубав је све што је њој потребно.', 'sr'],
  ['Қазақстан әдемі ел.', 'kk'],
  ['مرحبا، كيف حالك؟', 'ar'],
  ['سلام، حال شما چطور است؟', 'fa'],
  ['یہ ایک کتاب ہے، اور وہ لڑکا ہے۔', 'ur'],
  ['שלום, מה שלומך?', 'he'],
  ['สวัสดีครับ', 'th'],
  ['ສະບາຍດີ', 'lo'],
  ['សួស្តី', 'km'],
  ['မင်္ဂလာပါ', 'my'],
  ['यह एक परीक्षण है।', 'hi'],
  ['এটি একটি পরীক্ষা', 'bn'],
  ['இது ஒரு சோதனை', 'ta'],
  ['ეს არის ტესტი', 'ka'],
  ['Սա փորձարկում է', 'hy'],
  ['Καλημέρα, τι κάνεις;', 'el'],
  ['ሰላም', 'am'],
  ['Der Zug ist nicht da, und ich bin müde.', 'de'],
  ['Le train est en retard et nous ne sommes pas là.', 'fr'],
  ['El tren no ha llegado y los niños están en la casa.', 'es'],
  ['O trem não chegou e as crianças estão em casa com uma amiga.', 'pt'],
  ['Il treno non è arrivato e i bambini sono nella casa di una zia.', 'it'],
  ['De trein is niet op tijd en het regent.', 'nl'],
  ['Hôm nay trời mưa, chúng ta đi thôi.', 'vi'],
  ['Hello', undefined],
  ['Acme Corp', undefined],
  ['Zażółć gęślą jaźń', undefined],
  ['', undefined],
  ['12 345, 67!', undefined],
  ['😀🎉', undefined],
  ['。！？', undefined],
  ['\ud83d', undefined],
])('%j is %s', (text, language) => {
  expect(detectLanguage(text)).toBe(language);
});

test('the first few hundred letters decide, in no time', () => {
  const text = `${'The cat and the dog. '.repeat(60)}${'今天下雨。'.repeat(1_000_000)}`;
  const startMs = performance.now();
  for (let count = 0; count < 100; count += 1) expect(detectLanguage(text)).toBe('en');
  expect(performance.now() - startMs).toBeLessThan(500);
});
