// Short notices at the edge, read out by screen readers. A failure stays until it is read; a success goes by itself.
import { el } from '../dom.js';
import { has, t } from '../i18n/index.js';

const STAY_MS = { good: 4000, bad: 10000 };

// What a failure means and what to do. The gateway's own words stand behind it: they are the exact ones.
export function explain(failure) {
  if (failure?.constructor === Error) return failure.message;  // a page's own words
  if (failure?.code === undefined) return t('error.internal', { message: String(failure?.message ?? failure) });
  const key = `error.${failure.code}`;
  return t(has(key) ? key : 'error.internal', { message: failure.message || '–' });
}

function show(text, kind) {
  const area = document.getElementById('toasts');
  const node = el('div', { class: `toast ${kind}`, role: kind === 'bad' ? 'alert' : 'status' }, text);
  while (area.children.length >= 3) area.firstChild.remove();
  area.append(node);
  // Above an open dialog, too: the layer that was shown last is the topmost.
  if (area.matches(':popover-open')) area.hidePopover();
  area.showPopover();
  setTimeout(() => { node.remove(); if (!area.firstChild) area.hidePopover(); }, STAY_MS[kind]);
}

export const done = (text) => show(text, 'good');
export const failed = (failure) => { if (failure?.name !== 'AbortError') show(explain(failure), 'bad'); };

export function announce(text) { document.getElementById('announcer').textContent = text; }
