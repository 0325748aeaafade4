// One provider: its type, the settings of that type, its keys.
import * as api from '../api.js';
import { el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { EXAMPLES, settingText, settingValue, TYPES } from '../provider_types.js';
import { button } from '../widgets/button.js';
import { cancelButton, dialog } from '../widgets/dialog.js';
import * as fields from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { done } from '../widgets/toast.js';

const MASK = '***';

export function providerDialog(provider, isNew) {
  const config = provider.config ?? {};
  const secrets = provider.secrets ?? {};
  return dialog(isNew ? t('providers.new') : provider.name, (close) => {
    const stage = fields.choice(t('provider.stage'), Object.keys(TYPES).map((key) => [key, t(`stage.${key}`)]),
      { value: provider.stage, disabled: !isNew });
    const name = fields.text(t('provider.name'), { value: provider.name, required: true, disabled: !isNew, hint: t('provider.name_hint'),
      pattern: '[a-z0-9_\\-]{1,32}', title: t('provider.name_hint') });
    const typePlace = el('div');
    const settingsPlace = el('div', { class: 'form' });
    let type = null;
    let asked = [];  // [key, field]
    let others = [];  // [name field, value field]
    let keys = [];  // [key, field]

    const otherRow = (key = '', value = '') => {
      const pair = [fields.text(t('provider.setting'), { value: key, class: 'input mono' }), fields.text(t('provider.value'), { value, class: 'input mono' })];
      others.push(pair);
      return el('div', { class: 'fields' }, pair.map((each) => each.node));
    };
    function drawSettings() {
      const known = TYPES[stage.value][type.value] ?? { settings: [], secrets: ['api_key'] };
      asked = known.settings.map((key) => [key, fields.text(t(`setting.${key}`), { value: settingText(config[key]), optional: true,
        placeholder: EXAMPLES[key] ?? '', hint: key, name: key })]);
      keys = known.secrets.map((key) => [key, fields.text(t(`setting.${key}`), { type: 'password', autocomplete: 'new-password', optional: true,
        hint: key in secrets ? t('provider.key_hint_kept') : t('provider.key_hint'), name: key })]);
      others = [];
      const left = Object.keys(config).filter((key) => key !== 'type' && !known.settings.includes(key));
      const rows = el('div', { class: 'form' }, left.map((key) => otherRow(key, settingText(config[key]))));
      fill(settingsPlace, el('div', { class: 'fields' }, asked.map(([, field]) => field.node)), keys.map(([, field]) => field.node),
        el('details', { open: left.length > 0 }, el('summary', {}, t('provider.more')), el('div', { class: 'form' }, el('p', { class: 'hint soft small' }, t('provider.more_hint')), rows,
          el('div', {}, button(t('provider.add_setting'), () => rows.append(otherRow()), { look: 'small' })))));
    }
    function drawTypes() {
      const names = Object.keys(TYPES[stage.value]);
      const value = config.type ?? names[0];
      type = fields.choice(t('provider.type'), (names.includes(value) ? names : [...names, value]).map((each) => [each, each]),
        { value, onchange: drawSettings });
      fill(typePlace, type.node);
      drawSettings();
    }
    stage.control.addEventListener('change', drawTypes);
    drawTypes();

    function read() {
      const next = { type: type.value };
      const put = (key, text) => { if (key && text.trim() !== '') next[key] = settingValue(text, config[key]); };
      for (const [key, field] of asked) put(key, field.value);
      for (const [key, value] of others) put(key.value.trim(), value.value);
      const kept = Object.fromEntries(Object.keys(secrets).map((key) => [key, MASK]));
      for (const [key, field] of keys) if (field.value !== '') kept[key] = field.value;
      return { config: next, secrets: kept };
    }
    return form([el('div', { class: 'fields' }, stage.node, name.node, typePlace), settingsPlace], {
      submit: t('form.save'), buttons: [cancelButton(close)],
      send: async () => {
        await api.put(api.path('providers', stage.value, name.value), read());
        done(t('form.saved'));
        close(true);
      },
    });
  }, { large: true });
}
