// The commands of a device: who asked for what, when, and what became of it.
import * as api from '../api.js';
import { el } from '../dom.js';
import * as events from '../events.js';
import { t } from '../i18n/index.js';
import { duration, when } from '../time.js';
import { button } from '../widgets/button.js';
import { empty } from '../widgets/marks.js';
import { resultText, stateBadge } from '../widgets/result_view.js';
import { pagedList, row, table } from '../widgets/table.js';

const SHOWN = 400;
const cut = (text) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);

function what(command) {
  const given = command.arguments && Object.keys(command.arguments).length > 0 ? JSON.stringify(command.arguments) : '';
  return el('span', {}, command.tool ? el('code', {}, command.tool) : t(`command.kind.${command.kind}`),
    given ? el('span', { class: 'mono small soft' }, ` ${cut(given)}`) : null);
}

export function commandsTab(context) {
  const columns = () => [
    { label: t('command.command'), cell: what },
    { label: t('command.state'), cell: (command) => stateBadge(command.state) },
    { label: t('command.answer'), cell: (command) => { const text = resultText(command); return text ? el('pre', { class: 'small' }, cut(text)) : ''; } },
    { label: t('command.by'), cell: (command) => command.by },
    { label: t('command.created'), cell: (command) => when(command.created) },
    { label: t('command.took'), cell: (command) => (command.finished ? duration(command.finished - (command.sent || command.created)) : '') },
    { label: t('list.actions'), look: 'actions', cell: (command) => (command.state === 'queued'
      ? button(t('command.cancel'), async () => { await api.post(api.path('commands', command.id, 'cancel')); list.reload(true); }, { look: 'small' }) : '') },
  ];
  const list = pagedList({
    fetch: (cursor) => api.get('/commands', { device: context.device.id, limit: 50, cursor }),
    frame: (body) => table(columns(), t('device.tab.commands'), body),
    render: (command) => row(columns(), command),
    whenEmpty: () => empty('audit', t('command.none'), t('command.none_advice')),
  });
  const reload = events.calmly(() => list.reload(true), 1000);
  context.view.cleanup(() => reload.stop());
  context.event = (kind) => { if (kind === 'command' || kind === 'resumed') reload(); };
  list.reload();
  return list.node;
}
