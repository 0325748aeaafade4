// The gateway itself: what it is, what it has counted, and what the doctor finds.
import * as api from '../api.js';
import { add, el, fill } from '../dom.js';
import { has, number, t } from '../i18n/index.js';
import { duration } from '../time.js';
import { button } from '../widgets/button.js';
import { badge, dot, facts, loading, tile } from '../widgets/marks.js';
import { row, table } from '../widgets/table.js';
import { explain } from '../widgets/toast.js';
import { liveList } from './live_list.js';

const LEVELS = { ok: 'good', warn: 'warn', fail: 'bad' };
const kindOf = (check) => LEVELS[check.level] ?? (check.ok ? 'good' : 'bad');

function doctorCard(view) {
  const place = el('div', {}, loading(5));
  async function load() {
    fill(place, loading(5));
    try {
      const { checks } = await api.get('/doctor', {}, { patience: 60000 });
      if (!view.alive()) return;
      const bad = checks.filter((check) => kindOf(check) !== 'good').length;
      fill(place, el('p', { class: bad ? '' : 'soft', role: 'status' }, bad ? t('doctor.found', { n: number(bad) }) : t('doctor.well')),
        el('ul', { class: 'checks' }, checks.map((check) => el('li', {}, dot(kindOf(check), t(`doctor.${kindOf(check)}`)),
          el('div', {}, el('b', {}, check.name), el('p', { class: 'soft' }, check.message), kindOf(check) !== 'good' && check.advice ? el('p', {}, check.advice) : null)))));
    } catch (failure) { fill(place, el('p', { role: 'alert' }, explain(failure))); }
  }
  load();
  return el('section', { class: 'card' }, el('div', { class: 'row spread' }, el('h2', {}, t('doctor.title')), button(t('doctor.again'), load, { look: 'small' })),
    el('p', { class: 'soft small' }, t('doctor.lead')), place);
}

const columns = () => [
  { label: t('system.counter'), cell: ([name]) => el('code', {}, name) },
  { label: t('system.value'), cell: ([, value]) => el('span', { class: 'number' }, number(value)) },
];

function drawSystem(system) {
  const counters = Object.entries(system.counters ?? {});
  return el('div', { class: 'stack' },
    el('div', { class: 'tiles' }, tile(number(system.devices), t('system.devices')), tile(number(system.online), t('system.online')),
      tile(number(system.sessions), t('system.sessions')), tile(duration(Math.max(1, Math.floor(system.uptime_ms / 60000)) * 60000), t('system.uptime'))),
    el('section', { class: 'card' }, el('h2', {}, t('system.facts')), facts([
      [t('system.version'), system.version],
      [t('system.admission'), el('span', {}, badge(system.admission), ' ', has(`admission.${system.admission}`) ? t(`admission.${system.admission}`) : '')],
      [t('system.broker'), system.broker_connected ? badge(t('system.connected'), 'good') : badge(t('system.disconnected'), 'bad')]])),
    el('details', { class: 'card' }, el('summary', {}, t('system.counters', { n: counters.length })), el('p', { class: 'soft small' }, t('system.counters_lead')),
      counters.length ? table(columns(), t('system.counter'), el('tbody', {}, counters.map((each) => row(columns(), each)))) : null));
}

export function show(view) {
  let open = false;
  const list = liveList(view, {
    ask: () => api.get('/system'),
    every: 5000,
    draw: (system) => {
      const node = drawSystem(system);
      const details = node.querySelector('details');
      details.open = open;
      details.addEventListener('toggle', () => { open = details.open; });
      return node;
    },
  });
  add(view.root, view.head(t('system.title')), el('div', { class: 'columns' }, list.node, doctorCard(view)));
}
