// What an agent knows from files: listed, uploaded, removed (docs/lore.md).
import * as api from '../api.js';
import { el, fill } from '../dom.js';
import { number, t } from '../i18n/index.js';
import { can } from '../session.js';
import { when } from '../time.js';
import { button } from '../widgets/button.js';
import { confirm } from '../widgets/dialog.js';
import * as fields from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { loading } from '../widgets/marks.js';
import { done, explain } from '../widgets/toast.js';

const MOST = 10 * 1024 * 1024;

export function documentsSection(view, agent) {
  const list = el('div', {}, loading(2));
  const path = (...rest) => api.path('agents', agent, 'documents', ...rest);

  async function remove(one) {
    const gone = await confirm(t('lore.remove'), t('lore.remove_lead', { title: one.title }), t('list.delete'), () => api.remove(path(one.title)));
    if (gone) await reload();
  }
  const shown = (one) => el('li', { class: 'row spread' },
    el('span', {}, one.title, ' ', el('span', { class: 'soft small' }, t('lore.size', { kb: number(Math.ceil(one.size_bytes / 1024)), n: number(one.passages) }), ' · ', when(one.added))),
    can('agents:write') ? button(t('list.delete'), () => remove(one), { look: 'small danger' }) : null);

  async function reload() {
    try {
      const items = api.items(await api.get(path()));
      if (!view.alive()) return;
      fill(list, items.length ? el('ul', { class: 'turns' }, items.map(shown)) : el('p', { class: 'soft' }, t('lore.none')));
    } catch (failure) { fill(list, el('p', { role: 'alert' }, explain(failure))); }
  }

  function uploader() {
    const file = fields.file(t('lore.file'), { accept: '.txt,.md,.pdf,.yaml,.yml,.json', hint: t('lore.file_hint') });
    return form([file.node], {
      submit: t('lore.add'),
      send: async () => {
        if (file.value.size > MOST) throw new api.ApiError(413, 'too_large', t('lore.too_large'));
        await api.putBytes(path(file.value.name), new Uint8Array(await file.value.arrayBuffer()),
          { patience: 300000 });
        done(t('lore.added'));
        file.control.value = '';
        await reload();
      },
    });
  }
  reload();
  return el('section', { class: 'card stack' }, el('h2', {}, t('lore.title')), el('p', { class: 'soft' }, t('lore.lead')), list,
    can('agents:write') ? uploader() : null);
}
