// How soon devices answer: percentiles over time, and the latest turns one by one.
import * as api from '../api.js';
import { add, el, fill } from '../dom.js';
import * as events from '../events.js';
import { number, t } from '../i18n/index.js';
import { href, keepQuery } from '../router.js';
import { clock, dayAndClock, duration, when } from '../time.js';
import { button } from '../widgets/button.js';
import { lineChart } from '../widgets/line_chart.js';
import { empty, loading, tile } from '../widgets/marks.js';
import { row, table } from '../widgets/table.js';
import { segments } from '../widgets/tabs.js';
import { explain } from '../widgets/toast.js';

const RANGES = { 1: 60, 24: 96, 168: 84 };  // hours -> buckets
const LINES = ['p50', 'p90', 'p99'];

function chart(answer, hours) {
  const until = Date.now();
  const from = until - hours * 3600e3;
  const series = LINES.map((name) => ({ name, points: answer.buckets.map((bucket) => [bucket.from, bucket.turns > 0 ? bucket[`${name}_ms`] : null]) }));
  const dots = answer.latest.filter((turn) => turn.at >= from && turn.first_audio_ms > 0)
    .map((turn) => [turn.at, turn.first_audio_ms, `${dayAndClock(turn.at)} · ${turn.device} · ${duration(turn.first_audio_ms)}`]);
  return el('figure', { class: 'chart stack tight' },
    el('ul', { class: 'legend' }, [...LINES, 'point'].map((name) => el('li', {}, el('i', { class: name }), t(`latency.${name}`)))),
    lineChart({ series, dots, from, until, label: t('latency.title'), xText: hours > 24 ? dayAndClock : clock, yText: (ms) => duration(ms) }));
}

function totals(answer) {
  const turns = answer.buckets.reduce((sum, bucket) => sum + bucket.turns, 0);
  const mean = (key) => (turns ? answer.buckets.reduce((sum, bucket) => sum + bucket[key] * bucket.turns, 0) / turns : null);
  return el('div', { class: 'tiles' }, tile(number(turns), t('latency.turns')), LINES.map((name) => tile(duration(mean(`${name}_ms`)), t(`latency.${name}_mean`))));
}

const columns = () => [
  { label: t('latency.at'), cell: (turn) => when(turn.at) },
  { label: t('session.device'), cell: (turn) => el('a', { href: href('devices', turn.device, 'conversations') }, turn.device) },
  { label: t('latency.first_audio'), cell: (turn) => el('span', { class: 'number' }, duration(turn.first_audio_ms)) },
  { label: t('latency.overhead'), cell: (turn) => el('span', { class: 'number' }, duration(turn.overhead_ms)) },
];

export function show(view, params, query) {
  let hours = query.get('hours') in RANGES ? query.get('hours') : '24';
  const device = query.get('device') ?? '';
  const place = el('div', { class: 'stack' }, el('div', { class: 'card flush' }, loading(8)));
  async function load() {
    try {
      const asked = hours;
      const answer = await api.get('/latency', { hours: asked, buckets: RANGES[asked], device });
      if (!view.alive() || asked !== hours) return;
      const any = answer.buckets.some((bucket) => bucket.turns > 0) || answer.latest.length > 0;
      fill(place, any ? [totals(answer), el('section', { class: 'card' }, chart(answer, Number(asked))),
        el('section', { class: 'stack tight' }, el('h2', {}, t('latency.latest')), el('div', { class: 'card flush' },
          table(columns(), t('latency.latest'), el('tbody', {}, answer.latest.slice(0, 20).map((turn) => row(columns(), turn))))))]
        : el('div', { class: 'card' }, empty('latency', t('latency.none'), t('latency.none_advice'))));
    } catch (failure) {
      if (view.alive()) fill(place, el('div', { class: 'card' }, el('p', { role: 'alert' }, explain(failure)), button(t('list.again'), load)));
    }
  }
  const reload = events.calmly(load, 5000);
  view.cleanup(() => reload.stop());
  view.on((kind) => { if (['turn', 'resumed'].includes(kind)) reload(); });
  add(view.root, view.head(t('latency.title'), { lead: t('latency.lead'), actions: [segments(t('latency.range'),
    Object.keys(RANGES).map((key) => [key, t(`latency.hours.${key}`)]), hours, (key) => { hours = key; keepQuery({ hours, device }); load(); })] }), place);
  load();
}
