// People: roles, disabling, new passwords.
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
import { done } from '../widgets/toast.js';
import { accessList } from './access_list.js';
import { userName } from './gate.js';

const ROLES = ['admin', 'operator', 'member'];
const roleField = (value = 'member') => fields.choice(t('user.role'), ROLES.map((role) => [role, t(`role.${role}`)]), { value, hint: t('user.role_hint') });

async function makeUser() {
  const made = await dialog(t('user.new'), (close) => {
    const name = userName({ hint: t('user.name_hint') });
    const role = roleField();
    return form([name, role], { submit: t('user.new'), buttons: [cancelButton(close)],
      send: async () => close(await api.post('/users', { name: name.value.trim(), role: role.value })) });
  }, { lead: t('user.new_lead') });
  if (made?.password) await showOnce(t('user.made', { name: made.name }), [[t('user.password'), made.password]]);
  return made !== undefined;
}

function changeUser(each) {
  return dialog(each.name, (close) => {
    const role = roleField(each.role);
    const active = fields.toggle(t('user.active'), { value: !each.disabled, hint: t('user.active_hint') });
    return form([role, active], { submit: t('form.save'), buttons: [cancelButton(close)], send: async () => {
      await api.patch(api.path('users', each.name), { role: role.value, disabled: !active.value });
      done(t('form.saved'));
      close(true);
    } });
  });
}

export function usersTab() {
  const columns = (reload) => [
    { label: t('user.name'), cell: (each) => el('b', {}, each.name) },
    { label: t('user.role'), cell: (each) => t(`role.${each.role}`) },
    { label: t('user.state'), cell: (each) => badge(t(each.disabled ? 'user.disabled' : 'user.enabled'), each.disabled ? 'warn' : 'good') },
    { label: t('user.last_login'), cell: (each) => when(each.last_login) },
    { label: t('list.actions'), look: 'actions', cell: (each) => (each.name === user().user ? el('a', { class: 'button small', href: '#/account' }, t('account.title')) : el('span', { class: 'row' },
      button(t('list.edit'), async () => { if (await changeUser(each)) await reload(); }, { look: 'small', 'aria-label': `${t('list.edit')}: ${each.name}` }),
      button(t('list.delete'), async () => {
        if (await confirm(t('user.delete', { name: each.name }), t('user.delete_lead'), t('list.delete'),
          () => api.remove(api.path('users', each.name)), { retype: each.name })) await reload();
      }, { look: 'small danger', 'aria-label': `${t('list.delete')}: ${each.name}` }))) },
  ];
  return accessList({ path: '/users', title: t('access.users'), lead: t('access.users_lead'), makeLabel: t('user.new'), make: makeUser,
    columns, none: t('user.none'), noneAdvice: t('access.users_lead') });
}
