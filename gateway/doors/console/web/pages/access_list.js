// The shape that users, tokens and operators share: a lead, a button that makes one, a table.
import * as api from '../api.js';
import { el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { button } from '../widgets/button.js';
import { icon } from '../widgets/icons.js';
import { empty, loading } from '../widgets/marks.js';
import { row, table } from '../widgets/table.js';
import { explain } from '../widgets/toast.js';

// make(): a dialog that resolves to true when something was made. columns(reload).
export function accessList({ path, title, lead, makeLabel, make, columns, none, noneAdvice }) {
  const place = el('div', { class: 'card flush' }, loading(3));
  const maker = () => button([icon('plus', 16), makeLabel], async () => { if (await make()) await load(); }, { look: 'primary' });
  async function load() {
    try {
      const all = api.items(await api.get(path));
      fill(place, all.length ? table(columns(load), title, el('tbody', {}, all.map((each) => row(columns(load), each))))
        : empty('access', none, noneAdvice));
    } catch (failure) {
      fill(place, el('div', { class: 'empty' }, el('p', { role: 'alert' }, explain(failure)), button(t('list.again'), load)));
    }
  }
  load();
  return el('div', { class: 'stack' }, el('div', { class: 'row spread' }, el('p', { class: 'soft grow' }, lead), maker()), place);
}
