// Who speaks and how loud: a disc that breathes with the sound of whoever has the floor.
import { el } from '../dom.js';

const FALL = 0.82;  // a frame: the eye wants a slower end than the ear

// RETURNS: {node, state(name), level(0 to 1)}.
export function orb() {
  const node = el('div', { class: 'orb', 'data-state': 'off', 'aria-hidden': 'true' },
    el('span', { class: 'halo' }), el('span', { class: 'ring' }), el('span', { class: 'core' }));
  let shown = 0;
  return {
    node,
    state(name) { node.dataset.state = name; },
    level(loudness) {
      // Loudness as it is heard: 40 dB from nothing to full.
      const wanted = Math.max(0, Math.min(1, 1 + Math.log10(Math.max(loudness, 1e-4)) / 2 + 0.15));
      shown = Math.max(wanted, shown * FALL);
      node.style.setProperty('--level', shown.toFixed(3));
    },
  };
}
