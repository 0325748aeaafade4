// One's own account: who one is, what one may do, the password.
import * as api from '../api.js';
import { add, el } from '../dom.js';
import { t } from '../i18n/index.js';
import { user } from '../session.js';
import * as fields from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { badge, facts } from '../widgets/marks.js';
import { done } from '../widgets/toast.js';
import { newPassword } from './gate.js';

export function show(view) {
  const me = user();
  const before = fields.password(t('account.old'));
  const next = newPassword(t('account.new'));
  const change = form([before, next], { submit: t('account.change'), send: async () => {
    await api.post('/me/password', { old: before.value, new: next.value });
    before.value = '';
    next.value = '';
    done(t('account.changed'));
  } });
  add(view.root, view.head(t('account.title')), el('div', { class: 'columns' },
    el('section', { class: 'card' }, el('h2', {}, t('account.who')), facts([[t('user.name'), me.user], [t('user.role'), t(`role.${me.role}`)],
      [t('account.rights'), el('span', { class: 'tags' }, (me.scopes ?? []).map((scope) => badge(scope)))]])),
    el('section', { class: 'card' }, el('h2', {}, t('account.password')), change)));
}
