// Tokens: keys for programs, each with no more rights than it needs, shown once.
import * as api from '../api.js';
import { el } from '../dom.js';
import { t } from '../i18n/index.js';
import { user } from '../session.js';
import { when } from '../time.js';
import { button } from '../widgets/button.js';
import { cancelButton, confirm, dialog } from '../widgets/dialog.js';
import * as fields from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { badge } from '../widgets/marks.js';
import { showOnce } from '../widgets/secret.js';
import { accessList } from './access_list.js';

const DAY_MS = 86400000;
const LIFETIMES = [30, 90, 365];

async function makeToken() {
  const made = await dialog(t('token.new'), (close) => {
    const label = fields.text(t('token.label'), { required: true, maxlength: 64, placeholder: t('token.label_example') });
    const life = fields.choice(t('token.expires'), [...LIFETIMES.map((days) => [String(days), t('token.days', { n: days })]), ['', t('token.forever')]], { value: '90' });
    const scopes = (user().scopes ?? []).map((scope) => [scope, fields.check(el('code', {}, scope), { value: scope.endsWith(':read') })]);
    const group = el('fieldset', { class: 'stack tight' }, el('legend', {}, t('token.scopes')), el('div', { class: 'scopes' }, scopes.map(([, box]) => box.node)));
    return form([el('div', { class: 'fields' }, label.node, life.node), group], { submit: t('token.new'), buttons: [cancelButton(close)], send: async () => {
      const chosen = scopes.filter(([, box]) => box.value).map(([scope]) => scope);
      if (chosen.length === 0) throw new Error(t('token.no_scopes'));
      const body = { label: label.value.trim(), scopes: chosen };
      if (life.value) body.expires_in_ms = Number(life.value) * DAY_MS;
      close(await api.post('/tokens', body));
    } });
  }, { large: true, lead: t('token.new_lead') });
  if (made?.token) await showOnce(t('token.made'), [[made.label ?? t('token.new'), made.token]]);
  return made !== undefined;
}

export function tokensTab() {
  const columns = (reload) => [
    { label: t('token.label'), cell: (token) => el('span', {}, el('b', {}, token.label || token.id), ' ', el('code', { class: 'soft' }, token.id)) },
    { label: t('token.user'), cell: (token) => token.user },
    { label: t('token.scopes'), cell: (token) => el('span', { class: 'tags' }, (token.scopes ?? []).map((scope) => badge(scope))) },
    { label: t('token.expires'), cell: (token) => when(token.expires, t('token.forever')) },
    { label: t('token.last_used'), cell: (token) => when(token.last_used) },
    { label: t('list.actions'), look: 'actions', cell: (token) => button(t('token.revoke'), async () => {
      if (await confirm(t('token.revoke'), t('token.revoke_lead', { name: token.label || token.id }), t('token.revoke'), () => api.remove(api.path('tokens', token.id)))) await reload();
    }, { look: 'small danger', 'aria-label': `${t('token.revoke')}: ${token.label || token.id}` }) },
  ];
  return accessList({ path: '/tokens', title: t('access.tokens'), lead: t('access.tokens_lead'), makeLabel: t('token.new'), make: makeToken,
    columns, none: t('token.none'), noneAdvice: t('access.tokens_lead') });
}
