// A short list that is asked for again and again while it is looked at: sessions, workers.
import { el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { button } from '../widgets/button.js';
import { loading } from '../widgets/marks.js';
import { explain } from '../widgets/toast.js';

// ask() -> value; draw(value) -> nodes. Drawn anew only when something has changed. RETURNS: {node, load}.
export function liveList(view, { ask, draw, every = 5000 }) {
  const node = el('div', {}, el('div', { class: 'card flush' }, loading(3)));
  let drawn = '';
  async function load() {
    try {
      const value = await ask();
      const text = JSON.stringify(value);
      if (!view.alive() || text === drawn) return;
      const focused = node.contains(document.activeElement) ? document.activeElement.getAttribute('data-key') : null;
      drawn = text;
      fill(node, draw(value));
      if (focused) node.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    } catch (failure) {
      if (drawn === '' && view.alive()) {
        fill(node, el('div', { class: 'card' }, el('p', { role: 'alert' }, explain(failure)), button(t('list.again'), load)));
      }
    }
  }
  view.every(every, load);
  load();
  return { node, load };
}
