// A form: fields, one button that sends, a place for what went wrong. Sending twice is not possible.
import { el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { explain } from './toast.js';

// send() may throw: the failure is shown in the form, in words. buttons: further ones, beside the first.
export function form(fields, { submit, send, buttons = [], look = 'primary' }) {
  const fault = el('div', { role: 'alert' });
  const button = el('button', { class: `button ${look}`, type: 'submit' }, submit);
  let busy = false;
  const node = el('form', {
    class: 'form', novalidate: true,
    onsubmit: async (event) => {
      event.preventDefault();
      if (busy) return;
      fill(fault);
      const wrong = [...node.elements].find((control) => control.willValidate && !control.checkValidity());
      if (wrong) {
        const name = node.querySelector(`label[for="${wrong.id}"]`)?.firstChild?.textContent ?? '';
        fill(fault, el('div', { class: 'notice bad' }, `${name}: ${reason(wrong)}`));
        wrong.setAttribute('aria-invalid', 'true');
        wrong.focus();
        return;
      }
      busy = true;
      button.setAttribute('aria-busy', 'true');
      try { await send(); } catch (failure) {
        fill(fault, el('div', { class: 'notice bad' }, explain(failure)));
      } finally {
        busy = false;
        button.removeAttribute('aria-busy');
      }
    },
    oninput: (event) => event.target.removeAttribute('aria-invalid'),
  }, fields.map((field) => field?.node ?? field), fault, el('div', { class: 'buttons' }, buttons, button));
  return node;
}

function reason(control) {
  const { validity, min, max, minLength } = control;
  if (validity.valueMissing) return t('form.missing');
  if (validity.rangeUnderflow || validity.rangeOverflow) return t('form.range', { min: min || '–', max: max || '–' });
  if (validity.tooShort) return t('form.short', { n: minLength });
  if (validity.patternMismatch) return control.title || t('form.pattern');
  return t('form.pattern');
}
