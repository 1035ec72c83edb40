const digits = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const places = ['', '十', '百', '千'];
const myriads = ['', '万', '亿', '万亿'];
/** Longer numbers (account numbers, hashes) are read digit by digit: nobody names places beyond 10^16. */
const longestNamedNumber = 16;

/** Reads each digit by itself: `2026` → `二零二六`. Anything but ASCII digits is left out. */
export function digitByDigit(number: string): string {
  return Array.from(number, (digit) => digits[Number(digit)] ?? '').join('');
}

/**
 * Reads a non-negative decimal number as Chinese: `1205` → `一千二百零五`, `3.14` → `三点一四`. Leading zeros, and more than sixteen digits
 * before the point, are read digit by digit.
 * @param number ASCII digits with at most one point.
 */
export function chineseNumber(number: string): string {
  const [whole = '', fraction] = number.split('.');
  const spokenWhole =
    whole.length > longestNamedNumber || /^0\d/.test(whole)
      ? digitByDigit(whole)
      : namePlaces(whole);
  return fraction === undefined ? spokenWhole : `${spokenWhole}点${digitByDigit(fraction)}`;
}

function namePlaces(whole: string): string {
  if (Number(whole) === 0) return '零';
  let spoken = '';
  let zeroPending = false;
  for (let group = Math.ceil(whole.length / 4) - 1; group >= 0; group--) {
    const four = whole
      .slice(Math.max(0, whole.length - group * 4 - 4), whole.length - group * 4)
      .padStart(4, '0');
    for (let place = 3; place >= 0; place--) {
      const digit = Number(four[3 - place]);
      if (digit === 0) {
        zeroPending = spoken !== '';
        continue;
      }
      if (zeroPending) spoken += '零';
      zeroPending = false;
      // Ten to nineteen at the very front lose their "one": 十二, but 一百一十二.
      spoken += (digit === 1 && place === 1 && spoken === '' ? '' : digits[digit]) + places[place]!;
    }
    if (Number(four) === 0) continue;
    spoken += myriads[group]!;
    // Zeros that end a group of four are not read, whatever follows: 二千万三千.
    zeroPending = false;
  }
  return spoken;
}
