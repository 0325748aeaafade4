// Modal dialogs on <dialog>: the browser keeps the focus inside, Escape closes, the focus returns where it was.
import { el, uniqueId } from '../dom.js';
import { t } from '../i18n/index.js';
import { button } from './button.js';
import { form } from './form.js';
import { text } from './fields.js';

// build(close) gives the content. RETURNS: a promise of what close() was given; undefined when it was dismissed.
export function dialog(title, build, { lead, large = false } = {}) {
  return new Promise((resolve) => {
    const id = uniqueId('dialog');
    let result;
    const close = (value) => { result = value; node.close(); };
    const node = el('dialog', {
      'aria-labelledby': id, class: large ? 'large' : '',
      onclose: () => { node.remove(); resolve(result); },
    }, el('h2', { id }, title), lead ? el('p', { class: 'lead' }, lead) : null, build(close));
    document.body.append(node);
    node.showModal();
  });
}

export const cancelButton = (close) => button(t('form.cancel'), () => close(), { look: 'quiet' });

// Asks before what cannot be taken back. work() runs inside, so that a failure can be read and tried again.
// `retype`: a name that has to be typed first.
export function confirm(title, lead, action, work, { danger = true, retype = '' } = {}) {
  return dialog(title, (close) => {
    const typed = retype ? text(t('form.retype', { name: retype }), { required: true }) : null;
    return form([typed], {
      submit: action, look: danger ? 'primary danger' : 'primary', buttons: [cancelButton(close)],
      send: async () => {
        if (typed && typed.value !== retype) { typed.control.focus(); throw new Error(t('form.retype_wrong')); }
        await work();
        close(true);
      },
    });
  }, { lead });
}
