import picocolors from 'picocolors';

export type Colors = ReturnType<typeof picocolors.createColors>;

type ColorStream = { readonly isTTY?: boolean | undefined };

/**
 * Colours for one stream: on a terminal that has them. `FORCE_COLOR` decides before `NO_COLOR`, as in Node itself, and
 * `FORCE_COLOR=0` switches them off.
 */
export function colorsFor(
  stream: ColorStream,
  env: Readonly<Record<string, string | undefined>>,
): Colors {
  return picocolors.createColors(hasColors(stream, env));
}

export function hasColors(
  stream: ColorStream,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env['NO_COLOR']) return false;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
