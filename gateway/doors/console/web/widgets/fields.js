// Labelled controls. Each is {node, control, value}; `value` reads and writes what the API takes.
import { add, el, uniqueId } from '../dom.js';
import { t } from '../i18n/index.js';

function frame(label, control, { hint, optional } = {}) {
  const id = uniqueId('field');
  control.id = id;
  const hintNode = hint ? el('span', { class: 'hint', id: `${id}-hint` }, hint) : null;
  if (hintNode) control.setAttribute('aria-describedby', hintNode.id);
  return el('div', { class: 'field' },
    el('label', { for: id }, label, optional ? el('span', { class: 'soft small' }, ` ${t('form.optional')}`) : null),
    control, hintNode);
}

const field = (node, control, read, write) =>
  ({ node, control, get value() { return read(); }, set value(next) { write(next); } });

export function text(label, { value = '', hint, optional, multiline = false, ...props } = {}) {
  const control = el(multiline ? 'textarea' : 'input', {
    class: 'input', autocomplete: 'off', spellcheck: multiline ? 'true' : 'false', ...props, value: value ?? '',
  });
  return field(frame(label, control, { hint, optional }), control, () => control.value,
    (next) => { control.value = next; });
}

export const password = (label, props = {}) =>
  text(label, { type: 'password', required: true, autocomplete: 'current-password', ...props });

// choices: [value, text].
export function choice(label, choices, { value = '', hint, ...props } = {}) {
  const control = el('select', { class: 'input', ...props },
    choices.map(([key, name]) => el('option', { value: key }, name)));
  control.value = value;
  return field(frame(label, control, { hint }), control, () => control.value, (next) => { control.value = next; });
}

export function toggle(label, { value = false, hint, ...props } = {}) {
  const id = uniqueId('switch');
  const control = el('input', { type: 'checkbox', role: 'switch', id, checked: value, ...props });
  const node = el('div', { class: 'switch' },
    el('label', { for: id }, label, hint ? el('span', { class: 'hint' }, hint) : null), control);
  return field(node, control, () => control.checked, (next) => { control.checked = next; });
}

export function check(label, { value = false, ...props } = {}) {
  const id = uniqueId('check');
  const control = el('input', { type: 'checkbox', id, checked: value, ...props });
  const node = el('div', { class: 'check' }, control, el('label', { for: id }, label));
  return field(node, control, () => control.checked, (next) => { control.checked = next; });
}

// A whole number: with both bounds a slider and a number that move together.
export function integer(label, { value, min, max, step = 1, hint, optional, required = !optional } = {}) {
  const box = el('input', {
    class: 'input number', type: 'number', inputmode: 'numeric', step, min, max, required, value: value ?? '',
  });
  const read = () => (box.value === '' ? undefined : Number(box.value));
  const node = frame(label, box, { hint, optional });
  if (min === undefined || max === undefined) {
    return field(node, box, read, (next) => { box.value = next ?? ''; });
  }
  const slider = el('input', { type: 'range', min, max, step, value: value ?? min, 'aria-label': label });
  slider.addEventListener('input', () => { box.value = slider.value; box.dispatchEvent(new Event('change')); });
  box.addEventListener('input', () => { slider.value = box.value; });
  const row = el('div', { class: 'range' });
  box.replaceWith(row);
  add(row, slider, box);
  return field(node, box, read, (next) => { box.value = next ?? ''; slider.value = next ?? min; });
}

// A list of short texts, one a line.
export function lines(label, { value = [], hint, ...props } = {}) {
  const made = text(label, { value: (value ?? []).join('\n'), hint, multiline: true, ...props });
  return field(made.node, made.control,
    () => made.control.value.split('\n').map((line) => line.trim()).filter(Boolean),
    (next) => { made.control.value = (next ?? []).join('\n'); });
}

export function file(label, { accept, hint, required = true } = {}) {
  const control = el('input', { class: 'input', type: 'file', accept, required });
  return field(frame(label, control, { hint }), control, () => control.files[0] ?? null, () => {});
}
