// Operators: programs that command devices through the broker (MQTT).
import * as api from '../api.js';
import { el } from '../dom.js';
import { t } from '../i18n/index.js';
import { when } from '../time.js';
import { button } from '../widgets/button.js';
import { cancelButton, confirm, dialog } from '../widgets/dialog.js';
import * as fields from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { badge } from '../widgets/marks.js';
import { showOnce } from '../widgets/secret.js';
import { accessList } from './access_list.js';

async function makeOperator() {
  const made = await dialog(t('operator.new'), (close) => {
    const name = fields.text(t('operator.name'), { required: true, pattern: '[a-z0-9\\-]{1,32}', title: t('operator.name_hint'), hint: t('operator.name_hint') });
    const userTools = fields.toggle(t('operator.user_tools'), { hint: t('operator.user_tools_hint') });
    const texts = fields.toggle(t('operator.texts'), { hint: t('operator.texts_hint') });
    return form([name, userTools, texts], { submit: t('operator.new'), buttons: [cancelButton(close)],
      send: async () => close(await api.post('/operators', { name: name.value.trim(), user_tools: userTools.value, texts: texts.value })) });
  }, { lead: t('operator.new_lead') });
  if (made?.password) await showOnce(t('operator.made', { name: made.name }), [[t('operator.login'), `operator:${made.name}`], [t('user.password'), made.password]]);
  return made !== undefined;
}

export function operatorsTab() {
  const columns = (reload) => [
    { label: t('operator.name'), cell: (each) => el('b', {}, each.name) },
    { label: t('operator.user_tools'), cell: (each) => badge(t(each.user_tools ? 'operator.yes' : 'operator.no'), each.user_tools ? 'warn' : '') },
    { label: t('operator.texts'), cell: (each) => badge(t(each.texts ? 'operator.yes' : 'operator.no'), each.texts ? 'warn' : '') },
    { label: t('operator.created'), cell: (each) => when(each.created) },
    { label: t('list.actions'), look: 'actions', cell: (each) => button(t('list.delete'), async () => {
      if (await confirm(t('operator.delete', { name: each.name }), t('operator.delete_lead'), t('list.delete'), () => api.remove(api.path('operators', each.name)))) await reload();
    }, { look: 'small danger', 'aria-label': `${t('list.delete')}: ${each.name}` }) },
  ];
  return accessList({ path: '/operators', title: t('access.operators'), lead: t('access.operators_lead'), makeLabel: t('operator.new'), make: makeOperator,
    columns, none: t('operator.none'), noneAdvice: t('access.operators_lead') });
}
