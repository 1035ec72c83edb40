import { encode } from 'uqr';

const SVG = 'http://www.w3.org/2000/svg';
/** ISO/IEC 18004: as many modules as stay empty around a code. */
const QUIET_ZONE = 4;

/** A QR code, dark on light whatever the theme: many cameras do not read it the other way round. */
export function qrCode(text: string, label: string): SVGSVGElement {
  const { size, data } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const path = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`);
  svg.setAttribute('shape-rendering', 'crispEdges');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  const modules = document.createElementNS(SVG, 'path');
  modules.setAttribute('d', path.join(''));
  svg.append(modules);
  return svg;
}
