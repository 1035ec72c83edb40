import { describe, expect, test } from 'vitest';
import { readQuantity } from './text-normalization.ts';

describe('standard', () => {
  test.each([
    ['2026年', '2026', '二零二六', '2026'],
    ['1,234.5', '1,234.5', '一千二百三十四点五', '1234.5'],
    ['50%', '50%', '百分之五十', '50 percent'],
    ['$100', '$100', '一百美元', '100 dollars'],
    ['$1', '$1', '一美元', '1 dollar'],
    ['¥9.9', '¥9.9', '九点九元', '9.9 yuan'],
    ['12:30', '12:30', '十二点三十分', '12 30'],
    ['08:05', '08:05', '八点零五分', '8 oh 5'],
    ['9:00', '9:00', '九点', "9 o'clock"],
    ['13800138000', '13800138000', '一三八零零一三八零零零', '13800138000'],
    ['2个', '2', '两', '2'],
    ['2月', '2', '二', '2'],
    ['+', '+', '加', 'plus'],
  ])('%s', (text, written, zh, en) => {
    const quantity = readQuantity(text, 0, 'standard');
    expect(quantity?.written).toBe(written);
    expect(quantity?.readings).toMatchObject({ zh, en });
  });

  test.each(['4o', '3D', 'abc', '', '。', '<', '-5', '×'])('%j is none', (text) => {
    expect(readQuantity(text, 0, 'standard')).toBeUndefined();
  });

  test('a unit is not taken for a word of its own', () => {
    expect(readQuantity('5km', 0, 'standard')).toBeUndefined();
  });
});

describe('enhanced', () => {
  test.each([
    ['5km/h', '5km/h', '五公里每小时', '5 kilometers per hour'],
    ['1 kg', '1 kg', '一公斤', '1 kilogram'],
    ['-5°C', '-5°C', '负五摄氏度', 'minus 5 degrees Celsius'],
    ['-7 ', '-7', '负七', 'minus 7'],
    ['20℃', '20℃', '二十摄氏度', '20 degrees Celsius'],
    ['3-5天', '3-5', '三到五', '3 to 5'],
    ['3/4', '3/4', '四分之三', '3 over 4'],
    ['≥', '≥', '大于等于', 'greater than or equal to'],
    ['12:30', '12:30', '十二点三十分', '12 30'],
  ])('%s', (text, written, zh, en) => {
    const quantity = readQuantity(text, 0, 'enhanced');
    expect(quantity?.written).toBe(written);
    expect(quantity?.readings).toMatchObject({ zh, en });
  });

  test.each(['5kmx', '2026-11-20', '1/2/3'])('%s is no unit, range or fraction', (text) => {
    expect(readQuantity(text, 0, 'enhanced')?.written ?? '').not.toMatch(/[a-z/-]/);
  });
});
