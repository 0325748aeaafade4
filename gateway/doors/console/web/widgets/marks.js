// Small marks: badges, dots, tags, tiles, empty places, the grey bars of what is being loaded.
import { el } from '../dom.js';
import { t } from '../i18n/index.js';
import { icon } from './icons.js';

export const badge = (label, kind = '') => el('span', { class: `badge ${kind}`.trim() }, label);
export const dot = (kind, label) =>
  el('span', { class: `dot ${kind}`, role: label ? 'img' : null, 'aria-label': label ?? null, title: label ?? null });
export const tags = (names) => el('span', { class: 'tags' }, (names ?? []).map((name) => badge(name)));
export const tile = (value, label) => el('div', { class: 'tile' }, el('b', {}, value), el('span', {}, label));
export const notice = (content, kind = '') => el('div', { class: `notice ${kind}`.trim() }, el('div', {}, content));

// An empty place says what to do next.
export function empty(name, title, advice, action) {
  return el('div', { class: 'empty' }, icon(name, 40), el('h2', {}, title), el('p', {}, advice), action);
}

export function loading(rows = 4) {
  return el('div', { class: 'skeletons', 'aria-busy': 'true' },
    el('span', { class: 'visually-hidden' }, t('list.loading')),
    Array.from({ length: rows }, () => el('div', { class: 'skeleton' })));
}

export function meter(share, label) {
  const bar = el('span');
  const percent = Math.max(0, Math.min(100, Math.round(share * 100)));
  bar.style.width = `${percent}%`;
  return el('div', {
    class: `meter ${percent > 85 ? 'warn' : ''}`, role: 'meter', 'aria-label': label, 'aria-valuenow': percent,
    'aria-valuemin': 0, 'aria-valuemax': 100,
  }, bar);
}

export function facts(pairs) {
  return el('dl', { class: 'facts' }, pairs.filter(Boolean).map(([name, value]) =>
    [el('dt', {}, name), el('dd', {}, value === '' || value === undefined || value === null ? '–' : value)]));
}
