const EN = {
  connecting: 'Connecting…',
  connected: 'Connected',
  talking: 'Listening to you',
  opening: 'Opening the microphone…',
  playing: 'Speaking',
  reconnecting: 'Connection lost. Trying again…',
  noKey: 'This link has no key. Take the whole link from the node, with what stands behind “#”.',
  wrongKey: 'The key in this link is no longer valid. Take a new link from the node.',
  tooManyPages: 'Too many pages are open. Trying again in a while…',
  replaced: 'This page was opened in another tab, which goes on.',
  refused: 'The node has refused this page. Load it again.',
  unlock: 'Tap to turn the sound on',
  empty: 'What is said is shown here.',
  emptyWithoutCaptions: 'Sound is played here.',
  hold: 'Hold to talk',
  release: 'Release to end',
  tapToEnd: 'Tap to end',
  mute: 'Mute',
  unmute: 'Talk',
  holdHint: 'Hold the button or the space bar. A short tap talks until the next tap.',
  touchHint: 'Hold the button while you talk, or tap it before and after.',
  handsFreeHint: 'The microphone stays on until you mute it.',
  handsFree: 'Hands-free',
  silence: 'Stop the sound',
  needsSecure:
    'Browsers give the microphone only to https pages (or localhost). This page is neither, so it can only be heard: open it over https to talk.',
  micBlocked: 'The microphone is not allowed. Allow it for this page in the browser’s settings.',
  micMissing: 'No microphone was found.',
  micBusy: 'The microphone cannot be opened. Another app may be using it.',
  micGone: 'The microphone was taken away.',
  tooLong: 'The microphone went off: that was long enough for one talk.',
  usedUp: 'The minutes for today are used up.',
  stopped: 'The microphone was turned off.',
  slow: 'The network is too slow. Some of what you say is lost.',
  unplayable: 'A sound could not be played by this browser.',
};

export type PageTexts = Readonly<typeof EN>;
export type PageTextKey = keyof PageTexts;

const ZH: PageTexts = {
  connecting: '正在连接…',
  connected: '已连接',
  talking: '正在听您说话',
  opening: '正在打开话筒…',
  playing: '正在播放',
  reconnecting: '连接已断开，正在重试…',
  noKey: '链接中没有密钥。请从节点复制完整链接，包括 “#” 之后的部分。',
  wrongKey: '链接中的密钥已失效。请从节点获取新链接。',
  tooManyPages: '打开的网页过多，稍后自动重试…',
  replaced: '此网页已在另一个标签页中打开。',
  refused: '节点拒绝了此网页，请重新加载。',
  unlock: '点击打开声音',
  empty: '说话内容会显示在这里。',
  emptyWithoutCaptions: '声音会在这里播放。',
  hold: '按住说话',
  release: '松开结束',
  tapToEnd: '点击结束',
  mute: '静音',
  unmute: '说话',
  holdHint: '按住按钮或空格键说话；点一下开始，再点一下结束。',
  touchHint: '按住按钮说话；或点一下开始，再点一下结束。',
  handsFreeHint: '话筒会一直打开，直到您静音。',
  handsFree: '免提',
  silence: '停止播放',
  needsSecure:
    '浏览器只允许 https 网页（或 localhost）使用话筒。当前网页不是，因此只能收听；请用 https 打开以便说话。',
  micBlocked: '未允许使用话筒。请在浏览器设置中允许此网页使用话筒。',
  micMissing: '未找到话筒。',
  micBusy: '无法打开话筒，可能正被其他应用使用。',
  micGone: '话筒已断开。',
  tooLong: '单次说话时间已到上限，话筒已关闭。',
  usedUp: '今日的说话时长已用完。',
  stopped: '话筒已被关闭。',
  slow: '网络太慢，部分语音丢失。',
  unplayable: '浏览器无法播放某段声音。',
};

/** @param languages of the reader, the liked best first */
export function pageTexts(languages: readonly string[]): {
  language: 'en' | 'zh';
  texts: PageTexts;
} {
  for (const language of languages) {
    const [name] = language.toLowerCase().split('-', 1);
    if (name === 'zh') return { language: 'zh', texts: ZH };
    if (name === 'en') return { language: 'en', texts: EN };
  }
  return { language: 'en', texts: EN };
}
