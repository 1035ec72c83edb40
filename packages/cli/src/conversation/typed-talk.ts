import type { CommandContext } from '../command-context.ts';
import { LinePrompt } from '../terminal/line-prompt.ts';
import type { Conversation } from './conversation.ts';
import type { ReplyOutput } from './reply-output.ts';
import type { TalkView } from './talk-view.ts';

export type TypedTalkOptions = {
  conversation: Conversation;
  output: ReplyOutput;
  view: Pick<TalkView, 'show' | 'hide'>;
};

/**
 * A conversation whose one side is typed. On a terminal the next line silences the reply before it, and so does Ctrl-C;
 * the lines of a pipe wait for it.
 */
export async function talkByTyping(
  { conversation, output, view }: TypedTalkOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, t, signal, interruption } = context;
  const prompt = new LinePrompt(terminal, t('talk.prompt'));
  try {
    for (;;) {
      view.hide();
      const line = await prompt.next(signal);
      if (line === undefined) return;
      if (output.isSounding || conversation.isAnswering) await conversation.interrupt();
      if (line.trim() === '') continue;
      const release = interruption.onceInterrupted(() => {
        conversation.interrupt().catch(() => {});
      });
      view.show();
      try {
        await conversation.type(line);
        await conversation.answered(signal);
        if (!terminal.stdin.isTTY) await output.drained();
      } finally {
        release();
      }
    }
  } finally {
    prompt.close();
  }
}
