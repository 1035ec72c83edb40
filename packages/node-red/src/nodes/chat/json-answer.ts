import type { SettingsOf } from '../../definition/node-definition.ts';
import { LocalizedError } from '../../kit/flow-error.ts';
import type { ChatProperties } from './chat-node.ts';

/** What the model is told before everything else. Of a schema the service knows nothing: the model is told of it. */
export function systemText({
  systemPrompt = '',
  answer,
  jsonSchema,
}: Pick<SettingsOf<ChatProperties>, 'systemPrompt' | 'answer' | 'jsonSchema'>): string {
  if (answer !== 'json') return systemPrompt;
  const schema = typeof jsonSchema === 'string' ? jsonSchema : JSON.stringify(jsonSchema);
  const order =
    jsonSchema === undefined
      ? 'Answer with one JSON object and nothing else.'
      : `Answer with one JSON value that fits this JSON Schema, and with nothing else:\n${schema}`;
  return systemPrompt === '' ? order : `${systemPrompt}\n\n${order}`;
}

/** @throws {LocalizedError} for what is no JSON */
export function parseJsonAnswer(text: string): unknown {
  // Models like to set it as code.
  const [, code = text] = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/.exec(text) ?? [];
  try {
    return JSON.parse(code);
  } catch {
    throw new LocalizedError(
      'invalid_json',
      {
        en: `The model was asked for JSON, and answered ${text.length} characters that are none. Say in the system prompt what JSON you want, or raise the longest answer.`,
        zh: `要求模型以 JSON 回答，但其 ${text.length} 个字符的回答不是 JSON。请在系统提示中说明所需的 JSON，或提高回答长度上限。`,
      },
      { badge: 'serviceFailed' },
    );
  }
}
