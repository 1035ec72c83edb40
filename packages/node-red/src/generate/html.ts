const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

/** JSON that may stand in a script: `</script>` in a text would end it. */
export function toScriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', String.raw`\u003c`);
}

/** Of a catalogue: i18next takes a full stop for a step down and a colon for a namespace. */
export function toKey(value: string): string {
  return value.replace(/[.:]/g, '_');
}
