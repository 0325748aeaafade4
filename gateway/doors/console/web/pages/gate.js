// Before the console: the first admin through the set-up link, and log-in.
import { el } from '../dom.js';
import { t } from '../i18n/index.js';
import * as session from '../session.js';
import { brand, languageSwitch } from '../shell.js';
import { password, text } from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { notice } from '../widgets/marks.js';

export const MIN_PASSWORD = 8;
export const USER_NAME = '[a-z0-9._\\-]{1,32}';

export function gate(title, content, redraw, lead) {
  return el('main', { class: 'gate' },
    el('div', { class: 'card' }, brand(), el('h1', {}, title), el('p', { class: 'lead' }, lead ?? ''), content),
    el('footer', {}, languageSwitch(redraw)));
}

export const userName = (props = {}) => text(t('user.name'), {
  required: true, pattern: USER_NAME, title: t('user.name_hint'), autocapitalize: 'none', ...props });

export const newPassword = (label = t('user.password')) => password(label, {
  name: 'password', autocomplete: 'new-password', minlength: MIN_PASSWORD, hint: t('user.password_hint', { n: MIN_PASSWORD }) });

export function loginGate(entered, redraw) {
  const name = userName({ autocomplete: 'username', name: 'user' });
  const secret = password(t('user.password'), { name: 'password' });
  return gate(t('login.title'), form([name, secret], {
    submit: t('login.submit'), look: 'primary wide',
    send: async () => { await session.logIn(name.value.trim(), secret.value); await entered(); },
  }), redraw, t('login.lead'));
}

export function setupGate(token, entered, redraw) {
  if (!token) return gate(t('setup.title'), notice([t('setup.no_token'), ' ', el('code', {}, 'secrets/setup-link')], 'warn'), redraw);
  const name = userName({ autocomplete: 'username', name: 'user', hint: t('user.name_hint') });
  const secret = newPassword();
  return gate(t('setup.title'), form([name, secret], {
    submit: t('setup.submit'), look: 'primary wide',
    send: async () => { await session.setUp(token, name.value.trim(), secret.value); await entered(); },
  }), redraw, t('setup.lead'));
}
