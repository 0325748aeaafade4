// What was said: conversations, their turns, where the time of each turn went, and its sound when it was kept.
import * as api from '../api.js';
import { el, fill } from '../dom.js';
import * as events from '../events.js';
import { count, has, t } from '../i18n/index.js';
import { duration, exact, when } from '../time.js';
import { badge, empty, loading } from '../widgets/marks.js';
import { pagedList } from '../widgets/table.js';
import { explain } from '../widgets/toast.js';
import { traceBar } from '../widgets/trace_bar.js';

const named = (prefix, value) => (has(`${prefix}.${value}`) ? t(`${prefix}.${value}`) : value);

function player(turn, side) {
  return el('audio', { controls: true, preload: 'none', 'aria-label': t(`turn.audio_${side}`),
    src: api.urlOf(api.path('conversations', turn.session, 'turns', turn.turn, 'audio', side)) });
}

export function turnView(turn) {
  return el('li', { class: 'turn' },
    turn.user_text ? el('p', { class: 'said user' }, turn.user_text) : null,
    turn.has_audio ? player(turn, 'user') : null,
    turn.reply_text ? el('p', { class: 'said reply' }, turn.reply_text) : null,
    turn.has_audio ? player(turn, 'reply') : null,
    el('div', { class: 'meta' },
      el('time', { datetime: new Date(turn.started).toISOString() }, exact(turn.started)),
      el('span', {}, named('turn.source', turn.source)), el('span', {}, named('turn.end', turn.end)),
      turn.first_audio_ms === null || turn.first_audio_ms === undefined ? null
        : el('span', {}, t('turn.first_audio', { time: duration(turn.first_audio_ms) })),
      turn.trace?.tools ? el('span', {}, t('turn.tools', { tools: turn.trace.tools })) : null),
    traceBar(turn));
}

export function conversationView(conversation, open = false) {
  const body = el('div', { class: 'body' });
  const load = async () => {
    fill(body, loading(3));
    try {
      const whole = await api.get(api.path('conversations', conversation.session));
      fill(body, whole.turns?.length ? el('ol', { class: 'turns' }, whole.turns.map((turn) => turnView({ session: conversation.session, ...turn })))
        : el('p', { class: 'soft' }, t('conversation.silent')));
    } catch (failure) { fill(body, el('p', { role: 'alert' }, explain(failure))); }
  };
  const node = el('details', { class: 'conversation', open, ontoggle: () => { if (node.open && !body.firstChild) load(); } },
    el('summary', {}, when(conversation.started), el('span', {}, count('conversation.turns', conversation.turns)),
      conversation.ended ? el('span', { class: 'soft' }, duration(conversation.ended - conversation.started)) : badge(t('device.talking'), 'accent'),
      conversation.agent ? badge(conversation.agent) : null,
      conversation.end_reason ? el('span', { class: 'soft' }, named('session.end', conversation.end_reason)) : null), body);
  return node;
}

export function conversationsTab(context) {
  let first = true;
  const list = pagedList({
    fetch: (cursor) => api.get('/conversations', { device: context.device.id, limit: 20, cursor }),
    frame: (body) => body,
    body: el('div'),
    render: (conversation) => { const open = first; first = false; return conversationView(conversation, open); },
    whenEmpty: () => empty('sessions', t('conversation.none'), t('conversation.none_advice')),
  });
  const reload = events.calmly(() => { first = true; list.reload(true); }, 1500);
  context.view.cleanup(() => reload.stop());
  context.event = (kind) => { if (['turn', 'session'].includes(kind)) reload(); };
  list.reload();
  return list.node;
}
