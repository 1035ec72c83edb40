import { LocalizedError } from '../../kit/flow-error.ts';

/** For a text of which the service spoke not one sentence: silence is no success. @param error of the last one */
export function nothingSpoken(error: Error | undefined): Error {
  return (
    error ??
    new LocalizedError(
      'nothing_spoken',
      {
        en: 'The service spoke none of the text. The events `skipped` say why.',
        zh: '服务没有朗读任何内容，原因见 `skipped` 事件。',
      },
      { badge: 'textRefused' },
    )
  );
}
