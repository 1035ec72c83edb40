import { characterCount } from '@stepvoice/core/protocol';

/** Audio tokens a second as the open weights of the same family have them: heard, and said. */
const HEARD_PER_SECOND = 12.5;
const SAID_PER_SECOND = 25;

/** What went into a reply, or came out of it. */
export type Spent = { text: string; seconds: number };

/** `usage` of `response.done`. The service documents none; its fields are those of the vocabulary's origin. */
export function toUsage(input: Spent, output: Spent): Record<string, unknown> {
  const heard = { text: countTokens(input.text), audio: tokens(input.seconds, HEARD_PER_SECOND) };
  const said = { text: countTokens(output.text), audio: tokens(output.seconds, SAID_PER_SECOND) };
  return {
    total_tokens: heard.text + heard.audio + said.text + said.audio,
    input_tokens: heard.text + heard.audio,
    output_tokens: said.text + said.audio,
    input_token_details: {
      cached_tokens: 0,
      text_tokens: heard.text,
      audio_tokens: heard.audio,
    },
    output_token_details: { text_tokens: said.text, audio_tokens: said.audio },
  };
}

/** About what a tokenizer makes of a text: one for each Chinese character, one for four letters. */
function countTokens(text: string): number {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return han + Math.ceil((characterCount(text) - han) / 4);
}

function tokens(seconds: number, perSecond: number): number {
  return Math.ceil(seconds * perSecond);
}
