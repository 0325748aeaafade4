// Line icons, 20 px, drawn by us. They decorate; words beside them or an aria-label tell what they mean.
import { svg } from '../dom.js';

const PATHS = {
  devices: ['M4 5h12v8H4z', 'M7 16h6', 'M10 13v3'],
  sessions: ['M4 8v4', 'M8 5v10', 'M12 7v6', 'M16 9v2'],
  agents: ['M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6z', 'M4 17c.6-3.2 3-5 6-5s5.400 1.800 6 5'],
  providers: ['M6 3v5', 'M14 3v5', 'M4 8h12v2a6 6 0 0 1-12 0z', 'M10 16v2'],
  latency: ['M3 16h14', 'M4 12l4-4 3 3 5-6'],
  workers: ['M4 4h12v5H4z', 'M4 11h12v5H4z', 'M7 6.500h.01', 'M7 13.500h.01'],
  firmware: ['M10 3v9', 'M6.500 8.500 10 12l3.500-3.500', 'M4 16h12'],
  access: ['M7 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6z', 'M9.200 9.200 16 16', 'M13 13l2-2'],
  audit: ['M5 3h10v14H5z', 'M8 7h4', 'M8 10h4', 'M8 13h2'],
  system: ['M10 17s6-3 6-8V5l-6-2-6 2v4c0 5 6 8 6 8z', 'M7.500 9.500l2 2 3.500-4'],
  talk: ['M10 12a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v3a3 3 0 0 0 3 3z', 'M5 9a5 5 0 0 0 10 0', 'M10 14v3'],
  muted: ['M10 12a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v3a3 3 0 0 0 3 3z', 'M5 9a5 5 0 0 0 10 0', 'M10 14v3', 'M4 3l12 14'],
  hangup: ['M3 12c0-2 3-4 7-4s7 2 7 4v1.500h-4V11.500a9 9 0 0 0-6 0v2H3z'],
  search: ['M9 14.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11z', 'M13 13l4 4'],
  menu: ['M3 6h14', 'M3 10h14', 'M3 14h14'],
  close: ['M5 5l10 10', 'M15 5 5 15'],
  up: ['M10 16V5', 'M5 9l5-5 5 5'],
  down: ['M10 4v11', 'M5 11l5 5 5-5'],
  plus: ['M10 4v12', 'M4 10h12'],
  back: ['M12 4l-6 6 6 6'],
};

export function icon(name, size = 20) {
  return svg('svg', {
    width: size, height: size, viewBox: '0 0 20 20', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6,
    'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true', focusable: 'false',
  }, (PATHS[name] ?? []).map((d) => svg('path', { d })));
}
