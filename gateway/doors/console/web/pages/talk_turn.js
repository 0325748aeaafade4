// One exchange of a conversation as it is shown: both sides, tools, and where the time went. Drawn anew as it grows.
import { el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { stepsOf } from '../talk/conversation.js';
import { badge } from '../widgets/marks.js';
import { stageBar } from '../widgets/stage_bar.js';

const toolLine = ({ name, arguments: given, output }) => el('div', { class: 'talk-tool' },
  el('code', {}, `${name}(${given && given !== '{}' ? given : ''})`), el('span', { class: 'soft' }, '→'), el('code', { class: 'soft' }, output));

// RETURNS: {node, draw(now)}; draw() says whether time goes on in it.
export function talkTurn(turn) {
  const user = el('p', { class: 'said user' });
  const tools = el('div', { class: 'stack tight' });
  const reply = el('p', { class: 'said reply' });
  const meta = el('p', { class: 'meta' });
  const bar = stageBar();
  const node = el('li', { class: 'turn' }, user, tools, reply, meta, bar.node);
  let shownTools = 0;

  function draw(now) {
    user.hidden = !turn.spoken && !turn.typed;
    user.classList.toggle('pending', turn.spoken === true && turn.user === '');
    user.textContent = turn.user || t(turn.unheard ? 'talk.not_understood' : turn.at.endpoint === undefined ? 'talk.you_speak' : 'talk.being_written');
    if (shownTools !== turn.tools.length) fill(tools, turn.tools.map(toolLine));
    shownTools = turn.tools.length;
    tools.hidden = shownTools === 0;
    reply.hidden = turn.reply === '';
    reply.textContent = turn.reply;
    reply.classList.toggle('speaking', turn.speaking);
    fill(meta, turn.interrupted ? badge(t('talk.interrupted'), 'warn') : null, turn.fault ? badge(t('talk.no_answer'), 'bad') : null);
    meta.hidden = !turn.interrupted && !turn.fault;
    const steps = turn.unheard ? [] : stepsOf(turn, now);
    bar.draw(steps);
    return steps.some(({ open }) => open);
  }
  return { node, draw };
}
