// Tables that become cards on a phone, and lists that are longer than one page.
import { add, el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { button } from './button.js';
import { loading } from './marks.js';
import { explain } from './toast.js';

// columns: [{label, cell(item), look}]; the first one is the row's heading.
export function row(columns, item) {
  return el('tr', {}, columns.map((column, at) => el('td', {
    'data-label': column.label, class: `${at === 0 ? 'first' : ''} ${column.look ?? ''}`.trim() || null,
  }, column.cell(item))));
}

export function table(columns, caption, body = el('tbody')) {
  return el('div', { class: 'table-wrap' }, el('table', { class: 'table cards' },
    el('caption', { class: 'visually-hidden' }, caption),
    el('thead', {}, el('tr', {}, columns.map((column) =>
      el('th', { scope: 'col' }, column.look === 'actions' ? el('span', { class: 'visually-hidden' }, column.label) : column.label)))),
    body));
}

// A list that is read page by page. fetch(cursor) -> {items, next}; frame(rows node) and render(item) draw it.
// RETURNS: {node, reload, rows}. `whenEmpty()` is shown in place of an empty list.
export function pagedList({ fetch, frame, render, whenEmpty, body = el('tbody'), shown = () => {} }) {
  const node = el('div', { class: 'card flush' }, loading());
  const more = el('div', { class: 'more' });
  let generation = 0;

  async function load(cursor, mine) {
    const page = await fetch(cursor);
    if (mine !== generation) return;
    if (!cursor) {
      fill(body);
      fill(node, page.items.length ? [frame(body), more] : whenEmpty());
    }
    add(body, page.items.map(render));
    shown(page, body.children.length);
    fill(more, page.next
      ? button(t('list.more'), () => load(page.next, generation), { look: 'small' }) : null);
    more.hidden = !page.next;
  }
  // quietly: what is shown stays until the new page is there.
  async function reload(quietly = false) {
    const mine = ++generation;
    if (!quietly) fill(node, loading());
    try { await load('', mine); } catch (failure) {
      if (mine !== generation || quietly) return;
      fill(node, el('div', { class: 'empty' }, el('p', { role: 'alert' }, explain(failure)),
        button(t('list.again'), () => reload())));
    }
  }
  return { node, reload, body };
}
