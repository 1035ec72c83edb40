import {
  AuthenticationError,
  CapabilityError,
  ConnectionError,
  ModerationError,
  ProtocolError,
  RateLimitError,
  StepAudioError,
  TimeoutError,
  ValidationError,
} from '@stepvoice/core';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import type { Translate } from './language/translate.ts';
import { reasonOf } from './system-error.ts';

export type Explanation = {
  /** What happened. */
  readonly message: string;
  /** What to do about it; one line each. */
  readonly advice: readonly string[];
  readonly exitCode: ExitCode;
};

/** Turns whatever went wrong into sentences for the user, and the code to end with. */
export function explainError(error: unknown, t: Translate): Explanation {
  if (error instanceof CliError) {
    const advice = error.advice === undefined ? [] : [error.advice];
    return { message: error.message, advice, exitCode: error.exitCode };
  }
  if (StepAudioError.isInstance(error)) {
    const explanation = explainStepAudioError(error, t);
    if (error.requestId === undefined) return explanation;
    return {
      ...explanation,
      advice: [...explanation.advice, t('advice.trace', { id: error.requestId })],
    };
  }
  if (typeof (error as NodeJS.ErrnoException | undefined)?.code === 'string') {
    const message = t('error.system', { reason: reasonOf(error, t) });
    return { message, advice: [], exitCode: EXIT.failure };
  }
  const said = error instanceof Error ? error.message : String(error);
  return {
    message: t('error.unexpected', { said }),
    advice: [t('advice.bug')],
    exitCode: EXIT.failure,
  };
}

function explainStepAudioError(error: StepAudioError, t: Translate): Explanation {
  const said = error.message;
  if (error instanceof ValidationError) return explainValidation(error, t);
  if (error instanceof AuthenticationError) return explainAuthentication(error, t);
  if (error instanceof CapabilityError) {
    return {
      message: t('error.notInPlan'),
      advice: [t('advice.notInPlan')],
      exitCode: EXIT.authentication,
    };
  }
  if (error instanceof RateLimitError) {
    const seconds = Math.ceil((error.retryAfterMs ?? 0) / 1000);
    return {
      message: t('error.rateLimit'),
      advice: [seconds > 0 ? t('advice.rateLimitSeconds', { seconds }) : t('advice.rateLimit')],
      exitCode: EXIT.busy,
    };
  }
  if (error instanceof ModerationError) {
    return {
      message: t('error.moderation'),
      advice: [t('advice.moderation')],
      exitCode: EXIT.failure,
    };
  }
  if (error instanceof ConnectionError) {
    return {
      message: explainConnection(error, t),
      advice: [t('advice.network')],
      exitCode: EXIT.network,
    };
  }
  if (error instanceof TimeoutError) {
    const { phase, timeoutMs } = error;
    return {
      message: t('error.timeout', { phase: t(`phase.${phase}`), seconds: timeoutMs / 1000 }),
      advice: [t('advice.network')],
      exitCode: EXIT.network,
    };
  }
  if (error instanceof ProtocolError) {
    return {
      message: t('error.protocol', { said }),
      advice: [t('advice.network')],
      exitCode: EXIT.network,
    };
  }
  if (error.status === 404) {
    return {
      message: t('error.notFound', { said }),
      advice: [t('advice.notFound')],
      exitCode: EXIT.failure,
    };
  }
  return {
    message: t('error.service', { said }),
    advice: [error.retryable ? t('advice.tryAgain') : t('advice.refused')],
    exitCode: error.retryable ? EXIT.busy : EXIT.failure,
  };
}

function explainConnection(error: ConnectionError, t: Translate): string {
  if (error.code !== 'connection_failed' && error.code !== 'socket_failed') {
    return t('error.cut', { said: error.message });
  }
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== undefined && cause !== error) {
      return t('error.unreachable', { reason: reasonOf(cause, t) });
    }
  }
  return t('error.unreachable', { reason: t('reason.unknown') });
}

function explainAuthentication(error: AuthenticationError, t: Translate): Explanation {
  const exitCode = EXIT.authentication;
  if (error.status === 402 || error.code === 'insufficient_balance') {
    return { message: t('error.noBalance'), advice: [t('advice.noBalance')], exitCode };
  }
  if (error.status === 403) {
    const message = t('error.noRight', { said: error.message });
    return { message, advice: [t('advice.refused')], exitCode };
  }
  return { message: t('error.keyRefused'), advice: [t('advice.keyRefused')], exitCode };
}

function explainValidation(error: ValidationError, t: Translate): Explanation {
  const exitCode = EXIT.usage;
  if (error.path === 'text') {
    const { length, offset } = error.value as { length?: number; offset?: number };
    if (offset !== undefined) {
      const message = t('error.unreadableText', { offset });
      return { message, advice: [t('advice.unreadableText')], exitCode };
    }
    if (length !== undefined && /\d/.test(error.allowed)) {
      return { message: t('error.textTooLong', { length }), advice: [], exitCode };
    }
    return { message: t('error.blank'), advice: [t('advice.say')], exitCode };
  }
  const { allowed, instead } = error;
  // Of the third hotword, or a part of a message, the option is told that holds it.
  const [path = ''] = error.path.split('[', 1);
  const option = Object.hasOwn(OPTIONS, path) ? OPTIONS[path] : undefined;
  const name = isThing(path) ? t(`thing.${THINGS[path]}`) : path;
  return {
    message: t('error.option', { option: option ?? name, allowed }),
    advice: instead === undefined ? [] : [t('advice.instead', { instead })],
    exitCode,
  };
}

/** What the library calls an option, as the command line has it. */
const OPTIONS: Readonly<Record<string, string>> = {
  voice: '--voice',
  model: '--model',
  format: '--format',
  sampleRate: '--rate',
  speed: '--speed',
  volume: '--volume',
  instruction: '--instruction',
  label: '--emotion, --style, --language',
  'label.emotion': '--emotion',
  'label.style': '--style',
  'label.language': '--language',
  region: '--region',
  plan: '--plan',
  baseURL: '--base-url',
  language: '--language',
  hotwords: '--hotwords',
  prompt: '--prompt',
  itn: '--no-itn',
  timestamps: '--timestamps',
  channels: '--channels',
  instructions: '--instructions',
  tools: '--tool',
  temperature: '--temperature',
  maxTokens: '--max-tokens',
  transcript: '--transcript',
  consent: '--consent',
  'consent.by': '--consent',
  'consent.how': '--consent',
  purpose: '--purpose',
  filename: '--name',
};

/** What the library calls something that is no option here. */
const THINGS = {
  input: 'sound',
  audio: 'clip',
  data: 'file',
  id: 'id',
  fileId: 'id',
  url: 'url',
  messages: 'question',
} as const;

function isThing(path: string): path is keyof typeof THINGS {
  return Object.hasOwn(THINGS, path);
}
