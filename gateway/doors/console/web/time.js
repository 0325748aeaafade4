// Times for people: relative, with the exact one on hover; they age while they are looked at.
import { el } from './dom.js';
import { language, t } from './i18n/index.js';

const STEPS = [['year', 31536e6], ['month', 2592e6], ['day', 864e5], ['hour', 36e5], ['minute', 6e4]];

export function relative(ms, now = Date.now()) {
  const format = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  const distance = ms - now;
  for (const [unit, size] of STEPS) {
    if (Math.abs(distance) >= size) return format.format(Math.trunc(distance / size), unit);
  }
  return t('time.now');
}

export const exact = (ms) => new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'medium' }).format(ms);
export const clock = (ms) => new Intl.DateTimeFormat(language(), { timeStyle: 'short' }).format(ms);
export const dayAndClock = (ms) =>
  new Intl.DateTimeFormat(language(), { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(ms);

export function when(ms, otherwise = t('time.never')) {
  if (!ms) return el('span', { class: 'soft' }, otherwise);
  return el('time', { datetime: new Date(ms).toISOString(), title: exact(ms), 'data-ms': ms }, relative(ms));
}

setInterval(() => {
  for (const node of document.querySelectorAll('time[data-ms]')) {
    const text = relative(Number(node.dataset.ms));
    if (node.textContent !== text) node.textContent = text;
  }
}, 15000);

export function duration(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms < 1000) return t('time.ms', { n: Math.round(ms) });
  if (ms < 60000) return t('time.s', { n: (ms / 1000).toFixed(ms < 10000 ? 2 : 1) });
  const minutes = Math.floor(ms / 60000);
  if (minutes < 60) return t('time.min', { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t('time.h', { h: hours, m: minutes % 60 });
  return t('time.d', { d: Math.floor(hours / 24), h: hours % 24 });
}
