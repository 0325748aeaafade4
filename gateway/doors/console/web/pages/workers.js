// The workers that hear, think and speak: how busy each is, and taking one out of service gently.
import * as api from '../api.js';
import { add, el } from '../dom.js';
import { number, t } from '../i18n/index.js';
import { can } from '../session.js';
import { button } from '../widgets/button.js';
import { confirm } from '../widgets/dialog.js';
import { badge, empty, meter } from '../widgets/marks.js';
import { done } from '../widgets/toast.js';
import { liveList } from './live_list.js';

export function show(view) {
  const bar = (label, share, text) => el('div', { class: 'stack tight' },
    el('div', { class: 'row spread small' }, el('span', { class: 'soft' }, label), el('span', { class: 'number' }, text)), meter(share, label));
  const card = (worker) => el('article', { class: 'card stack' },
    el('div', { class: 'row spread' }, el('h2', {}, worker.id),
      worker.draining ? badge(t('worker.draining'), 'warn') : badge(t('worker.serving'), 'good')),
    bar(t('worker.sessions'), worker.capacity ? worker.sessions / worker.capacity : 0, `${number(worker.sessions)} / ${number(worker.capacity)}`),
    bar(t('worker.busy'), worker.busy_permille / 1000, `${Math.round(worker.busy_permille / 10)} %`),
    ...(worker.troubles || []).map((trouble) => el('div', { class: 'row spread small' },
      el('span', {}, `${trouble.stage} ${trouble.provider}: ${trouble.why}`),
      trouble.state === 'answers_again' ? badge(t('worker.answers_again'), 'good')
        : badge(t(trouble.state === 'fails' ? 'worker.fails' : 'worker.left_alone'), trouble.state === 'fails' ? 'warn' : 'bad'))),
    el('div', { class: 'row spread' }, el('span', { class: 'small soft' }, worker.version ? t('worker.version', { version: worker.version }) : ''),
      can('system:write') && !worker.draining ? button(t('worker.drain'), async () => {
        if (await confirm(t('worker.drain'), t('worker.drain_lead'), t('worker.drain'), () => api.post(api.path('workers', worker.id, 'drain')), { danger: false })) {
          done(t('worker.drain_done', { name: worker.id }));
          await list.load();
        }
      }, { look: 'small', 'data-key': worker.id, 'aria-label': `${t('worker.drain')}: ${worker.id}` }) : null));
  const list = liveList(view, {
    ask: async () => api.items(await api.get('/workers')),
    every: 3000,
    draw: (all) => (all.length === 0 ? el('div', { class: 'card' }, empty('workers', t('workers.none'), t('workers.none_advice')))
      : el('div', { class: 'columns' }, all.map(card))),
  });
  view.on((kind) => { if (['worker', 'resumed'].includes(kind)) list.load(); });
  add(view.root, view.head(t('workers.title'), { lead: t('workers.lead') }), list.node);
}
