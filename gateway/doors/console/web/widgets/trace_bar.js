// Where the time of a turn went, from the user's last word to the first sound: one bar, its parts named below.
import { el, svg } from '../dom.js';
import { t } from '../i18n/index.js';
import { duration } from '../time.js';

// As docs/operations.md names them. The brain's and the voice's work may run in the pause already
// (speculation): then the parts are more than the whole, and the bar shows their proportion.
export function parts(turn) {
  const trace = turn.trace ?? {};
  const ms = (key) => (Number.isFinite(trace[key]) ? trace[key] : 0);
  return [
    ['hearing', ms('silence_ms'), ''],
    ['recogniser', ms('asr_ms'), trace.asr],
    ['brain', ms('llm_first_token_ms') + ms('first_sentence_ms') + ms('tools_wait_ms'), trace.llm],
    ['voice', ms('tts_first_audio_ms'), trace.tts],
    ['own', turn.overhead_ms ?? ms('overhead_ms'), ''],
  ].filter(([, length]) => length > 0);
}

export function traceBar(turn) {
  const shown = parts(turn);
  const sum = shown.reduce((total, [, length]) => total + length, 0);
  if (sum === 0) return null;
  const words = shown.map(([name, length, by]) => [name, `${t(`trace.${name}`)} ${duration(length)}${by ? ` · ${by}` : ''}`]);
  let x = 0;
  const bars = shown.map(([name, length]) => {
    const bar = svg('rect', { class: `fill-${name}`, x, y: 0, width: Math.max(1, (length / sum) * 1000 - 3), height: 10 });
    x += (length / sum) * 1000;
    return bar;
  });
  return el('div', { class: 'trace' },
    svg('svg', { viewBox: '0 0 1000 10', preserveAspectRatio: 'none', role: 'img', 'aria-label': words.map(([, word]) => word).join(', ') }, bars),
    el('ul', { class: 'legend', 'aria-hidden': 'true' }, words.map(([name, word]) => el('li', {}, el('i', { class: `fill-${name}` }), word))));
}
