// Who is talking right now.
import * as api from '../api.js';
import { add, el } from '../dom.js';
import * as events from '../events.js';
import { count, t } from '../i18n/index.js';
import { href } from '../router.js';
import { can } from '../session.js';
import { when } from '../time.js';
import { button } from '../widgets/button.js';
import { badge, empty } from '../widgets/marks.js';
import { row, table } from '../widgets/table.js';
import { liveList } from './live_list.js';

export function show(view) {
  const columns = () => [
    { label: t('session.device'), cell: (session) => el('a', { href: href('devices', session.device) }, session.device) },
    { label: t('session.started'), cell: (session) => when(session.started) },
    { label: t('session.state'), cell: (session) => badge(t(session.speaking ? 'session.speaking' : 'session.listening'), session.speaking ? 'accent' : '') },
    { label: t('session.worker'), cell: (session) => (session.worker ? badge(session.worker) : '') },
    { label: t('session.id'), cell: (session) => el('code', {}, session.session) },
    { label: t('list.actions'), look: 'actions', cell: (session) => (can('commands') ? button(t('session.close'), async () => {
      await api.remove(api.path('sessions', session.session));
      await list.load();
    }, { look: 'small', 'data-key': session.session, 'aria-label': `${t('session.close')}: ${session.device}` }) : '') },
  ];
  const list = liveList(view, {
    ask: async () => api.items(await api.get('/sessions', { limit: 200 })),
    draw: (all) => (all.length === 0
      ? el('div', { class: 'card' }, empty('sessions', t('sessions.none'), t('sessions.none_advice')))
      : [el('p', { class: 'soft' }, count('sessions.count', all.length)), el('div', { class: 'card flush' },
        table(columns(), t('sessions.title'), el('tbody', {}, all.map((session) => row(columns(), session)))))]),
  });
  list.node.className = 'stack tight';
  const reload = events.calmly(list.load, 700);
  view.cleanup(() => reload.stop());
  view.on((kind) => { if (['session', 'resumed'].includes(kind)) reload(); });
  add(view.root, view.head(t('sessions.title'), { lead: t('sessions.lead') }), list.node);
}
