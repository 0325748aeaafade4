// How long each step of an answer took, from the user's last word to the first sound, drawn while it happens. All bars
// of a conversation have one scale, so that a slow answer looks slow.
import { add, el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { duration } from '../time.js';

const FULL_MS = 3000;

// RETURNS: {node, draw(steps)}; steps as talk/conversation.js gives them.
export function stageBar() {
  const track = el('div', { class: 'stage-track', 'aria-hidden': 'true' });
  const legend = el('ul', { class: 'legend' });
  const node = el('div', { class: 'stages', hidden: true }, track, legend);
  let parts = [];

  function shape(steps) {
    parts = steps.map(({ step }) => {
      const bar = el('span', { class: `fill-${step}` });
      const ms = el('span', { class: 'number' });
      add(track, bar);
      add(legend, el('li', { 'data-step': step }, el('i', { class: `fill-${step}` }), `${t(step === 'own' ? 'talk.step_playout' : `trace.${step}`)} `, ms));
      return { step, bar, ms };
    });
    const sum = el('b', { class: 'number' });
    add(legend, el('li', { class: 'sum' }, `${t('talk.step_sum')} `, sum));
    parts.sum = sum;
  }
  function draw(steps) {
    node.hidden = steps.length === 0;
    if (node.hidden) return;
    if (steps.length !== parts.length || steps.some(({ step }, at) => parts[at].step !== step)) {
      fill(track);
      fill(legend);
      shape(steps);
    }
    const sum = steps.reduce((total, { ms }) => total + ms, 0);
    const full = Math.max(FULL_MS, sum);
    steps.forEach(({ ms, open }, at) => {
      parts[at].bar.style.width = `${(ms / full) * 100}%`;
      parts[at].bar.classList.toggle('open', open);
      parts[at].ms.textContent = duration(ms);
    });
    parts.sum.textContent = duration(sum);
  }
  return { node, draw };
}
