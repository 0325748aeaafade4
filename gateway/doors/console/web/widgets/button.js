// A button that is busy while its work runs, and shows what went wrong.
import { el } from '../dom.js';
import { failed } from './toast.js';

// look: 'primary', 'danger', 'quiet', 'small', 'icon' ... as class names. `work` may be asynchronous.
export function button(label, work, { look = '', type = 'button', ...props } = {}) {
  let busy = false;
  const node = el('button', {
    class: `button ${look}`.trim(), type, ...props,
    onclick: async (event) => {
      if (!work || busy) return;
      busy = true;
      node.setAttribute('aria-busy', 'true');
      try { await work(event); } catch (failure) { failed(failure); } finally {
        busy = false;
        node.removeAttribute('aria-busy');
      }
    },
  }, label);
  return node;
}

export const link = (label, href, look = '') => el('a', { class: `button ${look}`.trim(), href }, label);
