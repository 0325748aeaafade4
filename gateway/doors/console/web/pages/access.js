// Who may get in: people, programs (tokens), and operators of the broker.
import { add } from '../dom.js';
import { t } from '../i18n/index.js';
import { href } from '../router.js';
import { can } from '../session.js';
import { tabs } from '../widgets/tabs.js';
import { operatorsTab } from './access_operators.js';
import { tokensTab } from './access_tokens.js';
import { usersTab } from './access_users.js';

export function show(view, params) {
  const entries = [
    can('users:write') && { key: 'users', label: t('access.users'), build: () => usersTab(view) },
    { key: 'tokens', label: t('access.tokens'), build: () => tokensTab(view) },
    can('users:write') && { key: 'operators', label: t('access.operators'), build: () => operatorsTab(view) },
  ].filter(Boolean);
  add(view.root, view.head(t('access.title'), { lead: t('access.lead') }),
    tabs(entries, params.tab ?? entries[0].key, (key) => history.replaceState(null, '', href('access', key))).node);
}
