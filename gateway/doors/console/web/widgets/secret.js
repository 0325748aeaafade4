// A secret that is shown once, with a button that copies it.
import { el } from '../dom.js';
import { t } from '../i18n/index.js';
import { button } from './button.js';
import { dialog } from './dialog.js';
import { notice } from './marks.js';
import { done } from './toast.js';

async function copy(text, node) {
  // Plain http on a local network has no clipboard API, and a browser may refuse it: then the text is marked and copied.
  try { return await navigator.clipboard.writeText(text); } catch { /* the other way */ }
  const range = document.createRange();
  range.selectNodeContents(node);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  if (!document.execCommand('copy')) throw new Error(t('secret.copy_failed'));
}

export function secret(text) {
  const shown = el('code', {}, text);
  return el('div', { class: 'secret' }, shown,
    button(t('secret.copy'), async () => { await copy(text, shown); done(t('secret.copied')); }));
}

// pairs: [label, secret].
export function showOnce(title, pairs) {
  return dialog(title, (close) => el('div', { class: 'stack' }, notice(t('secret.once'), 'warn'),
    pairs.map(([label, value]) => el('div', { class: 'field' }, el('span', { class: 'label' }, label), secret(value))),
    el('div', { class: 'row buttons' }, button(t('secret.kept'), () => close(true), { look: 'primary' }))));
}
