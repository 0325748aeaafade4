// Percentiles over time as lines, single turns as points. Plain SVG; the axes choose round numbers.
import { svg } from '../dom.js';

const WIDTH = 920;
const HEIGHT = 320;
const MARGIN = { left: 56, right: 12, top: 12, bottom: 28 };

export function roundStep(range, count) {
  const rough = range / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1e-9)));
  const factor = [1, 2, 5, 10].find((each) => each * power >= rough) ?? 10;
  return factor * power;
}

// series: [{name, points: [[x, y]]}] drawn as lines that break where y is null; dots: [[x, y, title]].
export function lineChart({ series, dots = [], from, until, label, xText, yText }) {
  const highest = Math.max(100, ...series.flatMap((each) => each.points.map(([, y]) => y ?? 0)), ...dots.map(([, y]) => y));
  const step = roundStep(highest, 5);
  const top = Math.ceil(highest / step) * step;
  const x = (value) => MARGIN.left + ((value - from) / Math.max(1, until - from)) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value) => HEIGHT - MARGIN.bottom - (value / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);

  const grid = [];
  for (let value = 0; value <= top + step / 2; value += step) {
    grid.push(svg('line', { class: 'grid', x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: y(value), y2: y(value) }));
    grid.push(svg('text', { x: MARGIN.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, yText(value)));
  }
  const ticks = 6;
  for (let at = 0; at <= ticks; ++at) {
    const value = from + ((until - from) * at) / ticks;
    const anchor = at === 0 ? 'start' : at === ticks ? 'end' : 'middle';
    grid.push(svg('text', { x: x(value), y: HEIGHT - 8, 'text-anchor': anchor }, xText(value)));
  }
  const lines = series.map(({ name, points }) => {
    let d = '';
    let pen = 'M';
    for (const [px, py] of points) {
      if (py === null) { pen = 'M'; continue; }
      d += `${pen}${x(px).toFixed(1)} ${y(py).toFixed(1)}`;
      pen = 'L';
    }
    const alone = points.filter(([, py], at) => py !== null && (points[at - 1]?.[1] ?? null) === null && (points[at + 1]?.[1] ?? null) === null);
    return [svg('path', { class: `line ${name}`, d }), alone.map(([px, py]) => svg('path', { class: `line ${name}`, d: `M${x(px) - 4} ${y(py)}h8` }))];
  });
  const points = dots.map(([px, py, title]) =>
    svg('circle', { class: 'point', cx: x(px).toFixed(1), cy: y(py).toFixed(1), r: 3 }, svg('title', {}, title)));
  return svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': label }, grid, points, lines.flat(2));
}
