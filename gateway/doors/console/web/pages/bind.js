// Binding: six digits that the device shows and speaks. Or a line in the allow list, for devices that are not here yet.
import * as api from '../api.js';
import { el } from '../dom.js';
import { t } from '../i18n/index.js';
import { navigate } from '../router.js';
import { user } from '../session.js';
import { cancelButton, dialog } from '../widgets/dialog.js';
import { text } from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { tabs } from '../widgets/tabs.js';
import { done } from '../widgets/toast.js';

function bound(close, device) {
  close();
  done(t('bind.done', { name: device.name || device.id }));
  navigate('devices', device.id);
}

function byCode(close) {
  const code = text(t('bind.code'), {
    inputmode: 'numeric', pattern: '[0-9]{6}', maxlength: 6, required: true, class: 'input code', name: 'code',
    title: t('bind.code_wrong'), hint: t('bind.code_hint'), autocomplete: 'one-time-code', autofocus: true });
  code.control.addEventListener('input', () => {
    const digits = code.control.value.replace(/[^0-9]/g, '').slice(0, 6);
    if (digits !== code.control.value) code.control.value = digits;
  });
  const name = text(t('bind.name'), { optional: true, maxlength: 64, name: 'name' });
  return form([code, name], { submit: t('bind.submit'), buttons: [cancelButton(close)], send: async () => {
    bound(close, await api.post('/devices/bind', { code: code.value, name: name.value.trim() || undefined }));
  } });
}

function byAddress(close) {
  const device = text(t('bind.address'), { required: true, class: 'input mono', placeholder: 'aa:bb:cc:dd:ee:ff',
    pattern: '([0-9A-Fa-f]{2}[:_.\\-]?){5}[0-9A-Fa-f]{2}', title: t('bind.address_wrong'), hint: t('bind.address_hint'), name: 'device' });
  const name = text(t('bind.name'), { optional: true, maxlength: 64 });
  return form([device, name], { submit: t('bind.allow'), buttons: [cancelButton(close)], send: async () => {
    const id = device.value.trim().toLowerCase().replace(/[_-]/g, ':');
    bound(close, await api.post('/devices/allow', { device: id, name: name.value.trim() || undefined }));
  } });
}

export function bindDialog() {
  return dialog(t('bind.title'), (close) => {
    if (user().role === 'member') return byCode(close);
    return el('div', {}, tabs([
      { key: 'code', label: t('bind.by_code'), build: () => byCode(close) },
      { key: 'address', label: t('bind.by_address'), build: () => byAddress(close) },
    ], 'code').node);
  }, { lead: t('bind.lead') });
}
