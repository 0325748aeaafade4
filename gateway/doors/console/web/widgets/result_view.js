// What became of a command: its state and the device's answer, as text. Never as markup.
import { el } from '../dom.js';
import { t } from '../i18n/index.js';
import { badge } from './marks.js';

const KINDS = { queued: '', sent: 'accent', answered: 'good', failed: 'bad', expired: 'warn', cancelled: '' };

export const stateBadge = (state) => badge(t(`command.state.${state}`), KINDS[state] ?? '');

function pretty(result) {
  if (result === null || result === undefined) return '';
  if (result.json !== undefined) return JSON.stringify(result.json, null, 2);
  if (typeof result.text === 'string') {
    try { return JSON.stringify(JSON.parse(result.text), null, 2); } catch { return result.text; }
  }
  if (typeof result.how === 'string') return [t(`command.how.${result.how}`), result.why].filter(Boolean).join(' · ');
  return JSON.stringify(result, null, 2);
}

export function resultText(command) {
  const error = command.error;
  if (error?.code) return [t(`command.error.${error.code}`), error.message].filter(Boolean).join(' · ');
  return pretty(command.result);
}

export function resultView(command) {
  const kind = command.state === 'answered' ? '' : ['queued', 'sent'].includes(command.state) ? 'waiting' : 'bad';
  const text = resultText(command);
  return el('div', { class: `answer ${kind}` }, el('div', { class: 'row' }, stateBadge(command.state)),
    text ? el('pre', {}, text) : el('span', { class: 'soft' }, t(`command.hint.${command.state}`)));
}
