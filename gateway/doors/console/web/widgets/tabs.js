// Tabs as ARIA wants them: arrows move, the chosen panel is filled when it is first looked at.
import { el, fill, uniqueId } from '../dom.js';

// entries: [{key, label, build()}]; chosen(key) is told of each change.
export function tabs(entries, first, chosen = () => {}) {
  const base = uniqueId('tabs');
  const panel = el('div', { role: 'tabpanel', tabindex: 0, id: `${base}-panel` });
  const list = el('div', { class: 'tabs', role: 'tablist' });
  const heads = entries.map((entry) => el('button', {
    type: 'button', role: 'tab', id: `${base}-${entry.key}`, 'aria-controls': panel.id, onclick: () => open(entry.key),
  }, entry.label));
  list.append(...heads);
  list.addEventListener('keydown', (event) => {
    const at = heads.indexOf(document.activeElement);
    const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: heads.length - 1 };
    if (at < 0 || !(event.key in steps)) return;
    event.preventDefault();
    const next = (steps[event.key] + heads.length) % heads.length;
    heads[next].focus();
    open(entries[next].key);
  });
  function open(key) {
    const entry = entries.find((each) => each.key === key) ?? entries[0];
    heads.forEach((head, at) => {
      const selected = entries[at] === entry;
      head.setAttribute('aria-selected', String(selected));
      head.tabIndex = selected ? 0 : -1;
    });
    panel.setAttribute('aria-labelledby', `${base}-${entry.key}`);
    fill(panel, entry.build());
    chosen(entry.key);
  }
  open(first);
  return { node: el('div', {}, list, panel), open };
}

// A small set of choices of which one holds: [value, label].
export function segments(label, choices, value, choose) {
  const group = el('div', { class: 'segments', role: 'group', 'aria-label': label });
  const mark = (chosen) => [...group.children].forEach((each) =>
    each.setAttribute('aria-pressed', String(each.dataset.value === chosen)));
  group.append(...choices.map(([key, name]) => el('button', {
    type: 'button', 'data-value': key, onclick: () => { mark(key); choose(key); },
  }, name)));
  mark(value);
  return group;
}
