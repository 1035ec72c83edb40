import { LocalizedError, badInput } from '../../kit/flow-error.ts';

export function tooManySessions(limit: number): LocalizedError {
  return new LocalizedError(
    'too_many_sessions',
    {
      en: `${limit} conversations are connected already. End one with the command stop, or raise the limit in the node.`,
      zh: `已有 ${limit} 个会话处于连接状态。请用 stop 命令结束一个，或在节点中提高上限。`,
    },
    { badge: 'queueFull' },
  );
}

export function dayLimitReached(): LocalizedError {
  return new LocalizedError('limit_reached', {
    en: 'The conversations of this node were connected for as long as one day allows. Raise the limit in the node, or wait for tomorrow.',
    zh: '此节点的会话已达到每日连接时长上限。请在节点中提高上限，或等到明天。',
  });
}

export function soundTooFast(): LocalizedError {
  return new LocalizedError(
    'queue_full',
    {
      en: 'Too much sound waits for the connection. This message is left out.',
      zh: '等待连接的声音过多。此消息被忽略。',
    },
    { badge: 'queueFull' },
  );
}

export function unknownCall(): LocalizedError {
  return new LocalizedError(
    'unknown_call',
    {
      en: 'msg.call_id: no tool call waits for this answer. It was answered before, took too long, or its conversation is over.',
      zh: 'msg.call_id：没有等待此应答的工具调用。它可能已被应答、已超时，或会话已结束。',
    },
    { badge: 'badInput', path: 'msg.call_id' },
  );
}

export function answerFailed(status: string): LocalizedError {
  return new LocalizedError(
    'answer_failed',
    {
      en: `The service did not complete its answer (${status.slice(0, 20)}). Ask again.`,
      zh: `服务端未能完成回答（${status.slice(0, 20)}）。请再试一次。`,
    },
    { badge: 'serviceFailed' },
  );
}

export function notConnected(): LocalizedError {
  return new LocalizedError(
    'not_connected',
    {
      en: 'There is no conversation. Send the command start, text or sound first.',
      zh: '当前没有会话。请先发送 start 命令、文本或声音。',
    },
    { badge: 'disconnected' },
  );
}

export function noText(): LocalizedError {
  return badInput('msg.payload', { en: 'is blank text.', zh: '是空白文本。' });
}

export function textTooLong(limit: number): LocalizedError {
  return badInput('msg.payload', {
    en: `is longer than ${limit} characters.`,
    zh: `超过 ${limit} 个字符。`,
  });
}
