// Services that hear, think and speak, with their keys. A key goes in and never comes out again.
import * as api from '../api.js';
import { add, el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { can } from '../session.js';
import { button } from '../widgets/button.js';
import { icon } from '../widgets/icons.js';
import { badge, empty, loading } from '../widgets/marks.js';
import { row, table } from '../widgets/table.js';
import { explain } from '../widgets/toast.js';
import { confirm } from '../widgets/dialog.js';
import { providerDialog } from './provider_dialog.js';

const STAGES = ['asr', 'llm', 'tts'];

export async function show(view) {
  const place = el('div', { class: 'stack' }, el('div', { class: 'card flush' }, loading(5)));
  const make = (look, stage = 'llm') => (can('agents:write') ? button([icon('plus', 16), t('providers.new')], async () => {
    if (await providerDialog({ stage, name: '', config: {}, secrets: {} }, true)) load();
  }, { look }) : null);
  add(view.root, view.head(t('providers.title'), { lead: t('providers.lead'), actions: [make('primary')] }), place);

  const columns = () => [
    { label: t('provider.name'), cell: (provider) => el('b', {}, provider.name) },
    { label: t('provider.type'), cell: (provider) => provider.config?.type ?? '' },
    { label: t('provider.model'), cell: (provider) => provider.config?.model_name ?? provider.config?.model ?? '' },
    { label: t('provider.key'), cell: (provider) => {
      const names = Object.keys(provider.secrets ?? {});
      return names.length ? badge(t('provider.key_kept'), 'good') : badge(t('provider.key_none'));
    } },
    { label: t('list.actions'), look: 'actions', cell: (provider) => el('span', { class: 'row' },
      button(t('list.edit'), async () => { if (await providerDialog(provider, false)) load(); }, { look: 'small', 'aria-label': `${t('list.edit')}: ${provider.name}` }),
      button(t('list.delete'), async () => {
        if (await confirm(t('provider.delete', { name: provider.name }), t('provider.delete_lead'), t('list.delete'),
          () => api.remove(api.path('providers', provider.stage, provider.name)))) load();
      }, { look: 'small danger', 'aria-label': `${t('list.delete')}: ${provider.name}` })) },
  ];
  async function load() {
    try {
      const all = api.items(await api.get('/providers'));
      if (!view.alive()) return;
      if (all.length === 0) {
        return fill(place, el('div', { class: 'card' }, empty('providers', t('providers.none'), t('providers.none_advice'), make('primary'))));
      }
      fill(place, STAGES.map((stage) => {
        const here = all.filter((provider) => provider.stage === stage);
        return el('section', { class: 'stack tight' }, el('h2', {}, t(`stage.${stage}`)), el('div', { class: 'card flush' }, here.length
          ? table(columns(), t(`stage.${stage}`), el('tbody', {}, here.map((provider) => row(columns(), provider))))
          : el('div', { class: 'more soft' }, t('providers.embedded'), make('small', stage))));
      }));
    } catch (failure) {
      fill(place, el('div', { class: 'card' }, el('p', { role: 'alert' }, explain(failure)), button(t('list.again'), load)));
    }
  }
  await load();
}
