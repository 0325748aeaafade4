// Chosen names in an order: the first is tried first. Moved with buttons, so that a keyboard can do it, too.
import { el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { button } from './button.js';
import { icon } from './icons.js';

// all: the names there are. RETURNS: {node, value}.
export function order(label, all, chosen, { hint, none }) {
  let names = [...(chosen ?? [])];
  const list = el('ol', { class: 'order', 'aria-label': label });
  const adder = el('select', { class: 'input', 'aria-label': `${label}: ${t('order.add')}`,
    onchange: () => { names.push(adder.value); draw(); } });
  const iconButton = (name, text, work, disabled) =>
    button(icon(name, 16), work, { look: 'quiet small icon', 'aria-label': text, title: text, disabled });
  const swap = (a, b) => { [names[a], names[b]] = [names[b], names[a]]; draw(); };
  function draw() {
    fill(list, names.map((name, at) => el('li', {}, el('span', { class: 'grow' }, `${at + 1}. ${name}`),
      iconButton('up', t('order.up', { name }), () => swap(at, at - 1), at === 0),
      iconButton('down', t('order.down', { name }), () => swap(at, at + 1), at === names.length - 1),
      iconButton('close', t('order.remove', { name }), () => { names.splice(at, 1); draw(); }))));
    const left = all.filter((name) => !names.includes(name));
    fill(adder, el('option', { value: '', disabled: true, selected: true }, t('order.add')),
      left.map((name) => el('option', { value: name }, name)));
    adder.value = '';
    adder.hidden = left.length === 0;
    if (names.length === 0) fill(list, el('li', { class: 'soft small' }, none));
  }
  draw();
  const node = el('div', { class: 'field' }, el('span', { class: 'label' }, label), list, adder,
    hint ? el('span', { class: 'hint' }, hint) : null);
  return { node, get value() { return [...names]; } };
}
