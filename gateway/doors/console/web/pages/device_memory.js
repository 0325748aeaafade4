// What agents remember of this device's users: facts that can be corrected, earlier conversations, the latest turns.
import * as api from '../api.js';
import { el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { can } from '../session.js';
import { exact } from '../time.js';
import { button } from '../widgets/button.js';
import { cancelButton, confirm, dialog } from '../widgets/dialog.js';
import { text } from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { badge, empty, loading } from '../widgets/marks.js';
import { explain } from '../widgets/toast.js';

const SHOWN = 50;

const stamp = (at) => el('time', { datetime: new Date(at).toISOString(), class: 'soft' }, exact(at));

export function memoryTab(context) {
  const node = el('div', {}, loading(4));
  const base = () => api.path('devices', context.device.id, 'memory');
  const pathOf = (fact) => api.path('devices', context.device.id, 'memory', 'facts', fact.id);

  function edit(fact) {
    return dialog(t('memory.edit'), (close) => {
      const field = text(t('memory.fact'), { required: true, value: fact.text });
      return form([field], {
        submit: t('form.save'), buttons: [cancelButton(close)],
        send: async () => { await api.put(pathOf(fact), { text: field.value }); close(true); },
      });
    }).then((saved) => (saved ? reload() : null));
  }
  const forgetFact = async (fact) => { await api.remove(pathOf(fact)); await reload(); };
  async function forgetAll() {
    const done = await confirm(t('memory.forget_all'), t('memory.forget_all_lead'), t('memory.forget_all'),
      () => api.remove(base()), { retype: context.device.name || context.device.id });
    if (done) await reload();
  }

  const factView = (fact) => el('li', { class: 'row' }, el('span', {}, fact.text), badge(fact.agent), stamp(fact.learnt),
    can('devices:write') ? button(t('memory.edit'), () => edit(fact), { look: 'small quiet' }) : null,
    can('devices:write') ? button(t('memory.forget'), () => forgetFact(fact), { look: 'small quiet' }) : null);
  const turnView = (turn) => el('li', { class: 'turn' }, el('p', { class: 'said user' }, turn.user_text),
    turn.reply_text ? el('p', { class: 'said reply' }, turn.reply_text) : null,
    el('div', { class: 'meta' }, stamp(turn.at), badge(turn.agent)));
  const part = (title, list, view) => (list.length ? el('section', { class: 'card' }, el('h2', {}, title),
    el('ul', { class: 'turns' }, list.map(view))) : null);

  async function reload() {
    try {
      const memory = await api.get(base(), { limit: SHOWN });
      if (!context.view.alive()) return;
      const nothing = memory.facts.length + memory.summaries.length + memory.turns.length === 0;
      fill(node, nothing ? empty('sessions', t('memory.none'), t('memory.none_advice')) : null,
        part(t('memory.facts'), memory.facts, factView),
        part(t('memory.summaries'), memory.summaries, (one) => el('li', {}, el('span', {}, one.text), ' ', stamp(one.at))),
        part(t('memory.turns', { count: memory.turns_in_all }), memory.turns, turnView),
        can('devices:write') ? button(t('memory.forget_all'), forgetAll, { look: 'danger' }) : null);
    } catch (failure) { fill(node, el('p', { role: 'alert' }, explain(failure))); }
  }
  reload();
  return node;
}
