import { EXTRA_SYSTEM_VOICES, VOICES } from '@stepvoice/core/protocol';
import type { OfficialVoice, VoiceScene } from '@stepvoice/core/protocol';
import { answerJson } from '../http/answer.ts';
import { invalidParameters, modelNotSupported } from '../http/api-error.ts';
import type { Exchange } from '../http/exchange.ts';

/** The one model whose voices the service lists. */
const LISTED_MODEL = 'step-tts-2';
/** The only one of the extra voices that the service describes. */
const DESCRIBED_EXTRA = 'energeticconfident-female';

const SCENES: Readonly<Record<VoiceScene, string>> = {
  audiobook: '有声书',
  'video-dubbing': '视频配音',
  companion: '情感陪伴',
  education: '教育',
  marketing: '营销',
  'customer-service': '客服',
  narration: '旁白',
  assistant: '语音助手',
};

/** Answers `GET /audio/system_voices`: some ids have no details, as at the service. */
export async function answerSystemVoices(exchange: Exchange): Promise<void> {
  const model = exchange.url.searchParams.get('model');
  if (model === null || model === '') throw invalidParameters('model is required');
  if (model !== LISTED_MODEL) throw modelNotSupported(model);
  const international = exchange.context.voices.region === 'intl';
  const listed = VOICES.filter((voice) => voice.models.includes(model)).filter(
    (voice) => voice.international || !international,
  );
  const details = Object.fromEntries(listed.map((voice) => [voice.id, describe(voice)]));
  const extra = international ? [] : EXTRA_SYSTEM_VOICES;
  if (!international) {
    details[DESCRIBED_EXTRA] = {
      'voice-name': '',
      'voice-description': '女，英文',
      recommended_scene: SCENES.marketing,
    };
  }
  return answerJson(exchange, 200, {
    voices: [...listed.map((voice) => voice.id), ...extra],
    'voices-details': details,
  });
}

type VoiceDetails = {
  'voice-name': string;
  'voice-description': string;
  recommended_scene: string;
};

function describe(voice: OfficialVoice): VoiceDetails {
  const gender = voice.gender === 'female' ? '女' : '男';
  const language = voice.language === 'zh' ? '中文' : '英文';
  return {
    'voice-name': voice.nameZh ?? voice.name,
    'voice-description': `${gender}，${language}`,
    recommended_scene: voice.scenes.map((scene) => SCENES[scene]).join('、'),
  };
}
