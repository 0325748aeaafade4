// Every device, live: search, filters, pages of them, and binding by code.
import * as api from '../api.js';
import { add, el, fill } from '../dom.js';
import * as events from '../events.js';
import { count, number, t } from '../i18n/index.js';
import { href, keepQuery } from '../router.js';
import { can } from '../session.js';
import { when } from '../time.js';
import { button } from '../widgets/button.js';
import { icon } from '../widgets/icons.js';
import { badge, dot, empty, tags } from '../widgets/marks.js';
import { pagedList, row, table } from '../widgets/table.js';
import { segments } from '../widgets/tabs.js';
import { bindDialog } from './bind.js';

const FILTERS = { all: {}, online: { online: true }, waiting: { bound: false } };
const STATES = { bound: 'good', open: '', allowed: '', waiting: 'warn', blocked: 'bad' };
const MOST_AT_ONCE = 20;  // devices asked for singly after a burst of events

export const stateBadge = (device) => badge(t(`device.state.${device.state}`), STATES[device.state] ?? '');
export const onlineDot = (device) => dot(device.online ? 'good' : '', t(device.online ? 'device.online' : 'device.offline'));

export const deviceLink = (device) => el('span', { class: 'device-name' }, onlineDot(device), el('span', {},
  el('a', { href: href('devices', device.id) }, device.name || device.id),
  device.name ? el('span', { class: 'mono' }, device.id) : null));

const columns = () => [
  { label: t('device.device'), cell: deviceLink },
  { label: t('device.state'), cell: (device) => el('span', { class: 'row' }, stateBadge(device),
    device.session ? badge(t('device.talking'), 'accent') : null) },
  { label: t('device.tags'), cell: (device) => (device.tags?.length ? tags(device.tags) : '') },
  { label: t('device.agent'), cell: (device) => device.agent || el('span', { class: 'soft' }, t('device.agent_usual')) },
  { label: t('device.firmware'), cell: (device) => [device.board, device.firmware].filter(Boolean).join(' · ') },
  { label: t('device.last_seen'), look: 'keep', cell: (device) => when(device.last_seen) },
];

export function show(view, params, query) {
  const state = { q: query.get('q') ?? '', filter: query.get('show') in FILTERS ? query.get('show') : 'all' };
  const summary = el('p', { role: 'status' }, ' ');
  const drawn = new Map();  // id -> {row, text}

  const list = pagedList({
    fetch: async (cursor) => {
      const page = await api.get('/devices', { q: state.q, ...FILTERS[state.filter], limit: 50, cursor });
      tellTotals(page);
      if (!cursor) drawn.clear();
      return page;
    },
    frame: (body) => table(columns(), t('devices.title'), body),
    render: draw,
    whenEmpty: () => (state.q || state.filter !== 'all'
      ? empty('search', t('devices.none_found'), t('devices.none_found_advice'), button(t('devices.show_all'), reset))
      : empty('devices', t('devices.none'), t('devices.none_advice'), bindButton('primary'))),
  });

  function draw(device) {
    const node = row(columns(), device);
    drawn.set(device.id, { node, text: JSON.stringify(device) });
    return node;
  }
  function tellTotals(page) {
    fill(summary, page.total === undefined ? ' '
      : `${count('devices.total', page.total)} · ${t('devices.online', { n: number(page.online) })}`);
  }

  // Events name devices; those in sight are asked for again, anything else changes the totals only.
  const touched = new Set();
  const refresh = events.calmly(async () => {
    const ids = [...touched];
    touched.clear();
    const seen = ids.filter((id) => drawn.has(id));
    const whole = ids.length === 0 || seen.length > MOST_AT_ONCE || (seen.length < ids.length && drawn.size < 50);
    try {
      if (whole && list.body.children.length <= 50) return await list.reload(true);
      await Promise.all(seen.slice(0, MOST_AT_ONCE).map(redraw));
      tellTotals(await api.get('/devices', { q: state.q, ...FILTERS[state.filter], limit: 1 }));
    } catch { /* the next event asks again */ }
  });
  async function redraw(id) {
    const device = await api.get(api.path('devices', id));
    const old = drawn.get(id);
    if (!view.alive() || !old || old.text === JSON.stringify(device)) return;
    const focused = old.node.contains(document.activeElement);
    old.node.replaceWith(draw(device));
    if (focused) drawn.get(id).node.querySelector('a').focus();
  }
  view.on((kind, data) => {
    if (['command', 'tool', 'turn', 'worker', 'firmware'].includes(kind)) return;
    if (data.device) touched.add(data.device);
    refresh();
  });
  view.cleanup(() => refresh.stop());

  function changed() {
    keepQuery({ q: state.q, show: state.filter === 'all' ? '' : state.filter });
    list.reload();
  }
  function reset() { state.q = ''; state.filter = 'all'; box.value = ''; drawFilter(); changed(); box.focus(); }
  let typing = 0;
  const box = el('input', { class: 'input', type: 'search', value: state.q, placeholder: t('devices.search'), 'aria-label': t('devices.search'),
    autocomplete: 'off', oninput: () => { clearTimeout(typing); typing = setTimeout(() => { state.q = box.value.trim(); changed(); }, 200); } });
  view.cleanup(() => clearTimeout(typing));
  const filterPlace = el('div');
  const drawFilter = () => fill(filterPlace, segments(t('devices.filter'),
    Object.keys(FILTERS).map((key) => [key, t(`devices.filter.${key}`)]), state.filter, (key) => { state.filter = key; changed(); }));
  drawFilter();

  const bindButton = (look) => (can('devices:write')
    ? button([icon('plus', 16), t('bind.open')], () => { bindDialog(); }, { look }) : null);
  const head = view.head(t('devices.title'), { actions: [bindButton('primary')] });
  head.querySelector('.titles').append(summary);
  add(view.root, head, el('div', { class: 'filters', role: 'search' },
    el('div', { class: 'search' }, icon('search', 16), box), filterPlace), list.node);
  list.reload();
}
