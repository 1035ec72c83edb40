import type { Text } from './node-definition.ts';

/** Badges that several nodes show. Under 20 characters, since Node-RED cuts there. */
export const STATUS_TEXTS = {
  connecting: { en: 'connecting', zh: '连接中' },
  connected: { en: 'connected', zh: '已连接' },
  disconnected: { en: 'disconnected', zh: '已断开' },
  working: { en: 'working', zh: '处理中' },
  speaking: { en: 'speaking', zh: '合成中' },
  listening: { en: 'listening', zh: '聆听中' },
  thinking: { en: 'thinking', zh: '思考中' },
  waiting: { en: 'waiting', zh: '等待中' },
  done: { en: 'done', zh: '完成' },
  cancelled: { en: 'cancelled', zh: '已取消' },
  dropped: { en: 'dropped: busy', zh: '忙，已丢弃' },
  noAccount: { en: 'no account', zh: '没有账户' },
  noKey: { en: 'no API key', zh: '没有密钥' },
  keyRefused: { en: 'key refused', zh: '密钥被拒绝' },
  noBalance: { en: 'balance is empty', zh: '余额不足' },
  notAllowed: { en: 'not allowed', zh: '无权限' },
  rateLimited: { en: 'too many requests', zh: '请求过多' },
  textRefused: { en: 'text was refused', zh: '内容被拒绝' },
  badInput: { en: 'wrong input', zh: '输入有误' },
  queueFull: { en: 'queue is full', zh: '队列已满' },
  notInPlan: { en: 'not in the plan', zh: '套餐不支持' },
  noConnection: { en: 'no connection', zh: '无法连接' },
  tooSlow: { en: 'no answer in time', zh: '超时' },
  serviceFailed: { en: 'service failed', zh: '服务出错' },
  failed: { en: 'failed', zh: '失败' },
  newerVersion: { en: 'update Stepvoice', zh: '请更新 Stepvoice' },
} as const satisfies Record<string, Text>;

export type StatusKey = keyof typeof STATUS_TEXTS;
