/** A note of about so many code units with every kind of block, over and over. */
export function longNote(length: number): string {
  const parts: string[] = [];
  for (let size = 0, index = 0; size < length; index += 1) {
    const part = chapter(index);
    parts.push(part);
    size += part.length;
  }
  return parts.join('');
}

function chapter(index: number): string {
  const sentence =
    'The **quick** brown fox [jumps](http://example.com/a_b) over `the lazy` dog, and _then_ it rests (for a while). ';
  return `## Chapter ${index}

${sentence.repeat(5)}

- item ${index} one
- item two **x**
  - nested

> quote ${index}
> more

| a | b |
|---|---|
| c | d |

\`\`\`js
let x = ${index};
\`\`\`

中文段落，**重点：**这里是第${index}段。还有一句话，说得长一些。

`;
}
