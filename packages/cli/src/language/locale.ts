export type Language = 'en' | 'zh';

/**
 * The language the user reads, as gettext finds it: `LC_ALL`, `LC_MESSAGES`, `LANG`, and before them the list in
 * `LANGUAGE` unless the locale is `C`. Where none is set, `platformLocale` decides (Windows and macOS set none).
 */
export function detectLanguage(
  env: Readonly<Record<string, string | undefined>>,
  platformLocale?: string,
): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || platformLocale || 'C';
  if (/^(C|POSIX)(\.|$)/.test(locale)) return 'en';
  for (const candidate of (env['LANGUAGE'] ?? '').split(':')) {
    const language = languageOf(candidate);
    if (language !== undefined) return language;
  }
  return languageOf(locale) ?? 'en';
}

/** Reads `zh_CN.UTF-8`, `zh-Hans`, `en`; `undefined` for a language there is no translation of. */
export function languageOf(locale: string): Language | undefined {
  const language = locale.split(/[-_.@]/, 1)[0]?.toLowerCase();
  return language === 'zh' || language === 'en' ? language : undefined;
}
