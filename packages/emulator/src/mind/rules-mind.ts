import { findModel } from '@stepvoice/core/protocol';
import type { Clock } from '../clock.ts';
import { createWireId } from '../wire-id.ts';
import { toClauses } from './clauses.ts';
import { languageOf, languageOfTurns } from './language.ts';
import type { Language } from './language.ts';
import type { Mind, MindEvent, MindRequest, MindTool, MindTurn } from './mind.ts';
import { talk } from './small-talk.ts';
import { tellResults } from './tool-answer.ts';
import { fillArguments } from './tool-arguments.ts';
import { chooseTool } from './tool-choice.ts';

type Reply = { thought: string; text: string } | { thought: string; call: MindTool; said: string };

/**
 * A mind of rules, in English and Chinese: small talk, time, arithmetic, counting, repeating, who it is by the system
 * text, what was said before; calls of tools by their names and descriptions; and for everything else an honest echo. The
 * same conversation at the same time gets the same words.
 */
export function createRulesMind(clock: Clock): Mind {
  return {
    async *reply(request: MindRequest): AsyncGenerator<MindEvent> {
      const { signal } = request;
      signal.throwIfAborted();
      const language = languageOfTurns(request.turns);
      const reply = think(request, language, clock);
      if (findModel(request.model)?.realtime?.thinking === true) {
        yield* inClauses('thinking', reply.thought, signal);
      }
      if ('text' in reply) return yield* inClauses('text', reply.text, signal);
      yield {
        type: 'call',
        callId: `call_${createWireId(clock.now())}`,
        name: reply.call.name,
        arguments: JSON.stringify(fillArguments(reply.call.parameters, reply.said)),
      };
    },
  };
}

async function* inClauses(
  type: 'text' | 'thinking',
  text: string,
  signal: AbortSignal,
): AsyncGenerator<MindEvent> {
  for (const clause of toClauses(text)) {
    // Everything else gets its turn between two clauses, as it would while a model writes.
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    yield { type, text: clause };
  }
}

function think(request: MindRequest, language: Language, clock: Clock): Reply {
  const { turns, tools, toolChoice } = request;
  const results = trailing(turns, 'tool');
  if (results.length > 0) {
    const text = tellResults(results, language);
    return { thought: thoughtOf('the result of a tool', language), text };
  }
  const said = trailing(turns, 'user');
  const text = said
    .map((turn) => turn.text.trim())
    .filter((part) => part !== '')
    .join('\n');
  const wanted = toolChoice === 'none' ? undefined : chooseTool(text, tools);
  const call = wanted ?? (toolChoice === 'required' ? tools[0] : undefined);
  if (call !== undefined) {
    return { thought: thoughtOf(`the tool ${call.name}`, language), call, said: text };
  }
  const earlier = turns.slice(0, turns.length - said.length);
  const answer = talk({
    text,
    language: languageOf(text) ?? language,
    earlier,
    now: new Date(clock.now()),
  });
  return { thought: thoughtOf(answer.rule, language), text: answer.text };
}

/** The turns of a role at the end, oldest first. */
function trailing(turns: readonly MindTurn[], role: MindTurn['role']): readonly MindTurn[] {
  return turns.slice(turns.findLastIndex((turn) => turn.role !== role) + 1);
}

function thoughtOf(rule: string, language: Language): string {
  return language === 'zh'
    ? `用户说了一句话，我要找一条合适的规则。合适的是：${rule}。`
    : `The user has said something, and I look for a rule that fits. It is this one: ${rule}.`;
}
