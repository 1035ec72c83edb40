import { characterCount } from '@stepvoice/core/protocol';

/** So many a second as in the sample of the service's documentation: sixteen seconds of audio, 400 tokens. */
const AUDIO_TOKENS_PER_SECOND = 25;

export type TokenCounts = { audio: number; text: number };

/** What a transcription cost: tokens of the sound, and of the text about as many as a tokenizer makes of it. */
export function countTokens(text: string, seconds: number): TokenCounts {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return {
    audio: Math.ceil(seconds * AUDIO_TOKENS_PER_SECOND),
    text: han + Math.ceil((characterCount(text) - han) / 4),
  };
}

/** `usage` of the HTTP endpoint. */
export function toStreamUsage({ audio, text }: TokenCounts, type: string): object {
  return {
    type,
    input_tokens: audio,
    input_token_details: { text_tokens: 0, audio_tokens: audio },
    output_tokens: text,
    total_tokens: audio + text,
  };
}

/** `usage` of the socket. */
export function toSocketUsage({ audio, text }: TokenCounts): object {
  return { prompt_tokens: audio, completion_tokens: text, total_tokens: audio + text };
}
