// Who did what, when, from where.
import * as api from '../api.js';
import { add, el } from '../dom.js';
import { t } from '../i18n/index.js';
import { when } from '../time.js';
import { button } from '../widgets/button.js';
import { badge, empty } from '../widgets/marks.js';
import { pagedList, row, table } from '../widgets/table.js';

function detail(entry) {
  const value = typeof entry.detail === 'string' ? entry.detail : JSON.stringify(entry.detail ?? {});
  return value === '{}' || value === '' ? '' : el('span', { class: 'mono small soft' }, value);
}

export function show(view) {
  const columns = () => [
    { label: t('audit.action'), cell: (entry) => badge(entry.action, /failed|refused|denied/.test(entry.action) ? 'warn' : '') },
    { label: t('audit.target'), cell: (entry) => entry.target },
    { label: t('audit.who'), cell: (entry) => entry.who },
    { label: t('audit.detail'), cell: detail },
    { label: t('audit.peer'), cell: (entry) => (entry.peer ? el('code', {}, entry.peer) : '') },
    { label: t('audit.at'), cell: (entry) => when(entry.at) },
  ];
  const list = pagedList({
    fetch: (cursor) => api.get('/audit', { limit: 100, cursor }),
    frame: (body) => table(columns(), t('audit.title'), body),
    render: (entry) => row(columns(), entry),
    whenEmpty: () => empty('audit', t('audit.none'), t('audit.none_advice')),
  });
  add(view.root, view.head(t('audit.title'), { lead: t('audit.lead'), actions: [button(t('list.refresh'), () => list.reload(true))] }), list.node);
  list.reload();
}
