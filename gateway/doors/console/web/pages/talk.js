// Talk to an agent in the browser: microphone or typed text in, speech out, through the gateway's own Realtime door.
import * as api from '../api.js';
import { add, el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { keepQuery } from '../router.js';
import { Conversation } from '../talk/conversation.js';
import { fromBase64, openLine, toBase64 } from '../talk/line.js';
import { callPageTool, PAGE_TOOLS } from '../talk/page_tools.js';
import { microphoneIsPossible, openSound, soundIsPossible } from '../talk/sound.js';
import { button } from '../widgets/button.js';
import * as fields from '../widgets/fields.js';
import { icon } from '../widgets/icons.js';
import { empty, notice } from '../widgets/marks.js';
import { orb } from '../widgets/orb.js';
import { explain } from '../widgets/toast.js';
import { talkTurn } from './talk_turn.js';

const FRAME_MS = 40;  // as talk/microphone_worklet.js sends them
const KEPT_FRAMES = 250;  // said while the connection is being made: 10 s are kept for it
const USUAL = 'default';
const ERRORS = { NotAllowedError: 'denied', SecurityError: 'denied', NotFoundError: 'missing', OverconstrainedError: 'missing',
  NotReadableError: 'taken', AbortError: 'taken' };
const KNOWN = ['no_worker', 'too_many_sessions', 'worker_ended', 'session_expired'];

const settings = (aloud) => ({
  type: 'realtime', output_modalities: [aloud ? 'audio' : 'text'],
  audio: { input: { format: { type: 'audio/pcm', rate: 24000 }, transcription: {}, turn_detection: { type: 'server_vad' } },
    output: { format: { type: 'audio/pcm', rate: 24000 } } },
  tools: PAGE_TOOLS, tool_choice: 'auto',
});

async function agentNames() {
  try {
    const known = api.items(await api.get('/agents', { limit: 200 })).map(({ name }) => name);
    return [USUAL, ...known.filter((name) => name !== USUAL)];
  } catch { return [USUAL]; }
}

export async function show(view, params, query) {
  const ball = orb();
  const status = el('p', { class: 'talk-status', role: 'status' });
  const faults = el('div', { class: 'stack tight', role: 'alert' });
  const list = el('ol', { class: 'turns', 'aria-live': 'polite' });
  const log = el('div', { class: 'talk-log', tabindex: 0, 'aria-label': t('talk.transcript') });
  const words = el('input', { class: 'input', name: 'words', autocomplete: 'off', maxlength: 2000, enterkeyhint: 'send',
    placeholder: t('talk.type'), 'aria-label': t('talk.type') });
  const volume = fields.integer(t('talk.volume'), { value: 80, min: 0, max: 100 });
  const agent = fields.choice(t('talk.agent'), [[USUAL, t('talk.usual')]], { value: USUAL });
  const drawn = new Map();  // turn -> talkTurn()
  let call = null;  // {conversation, line, sound, muted, ready}
  let frame = 0;

  const say = (kind, text) => fill(faults, text ? notice(text, kind) : null);
  const isHere = (mine) => call === mine && view.alive();

  function empties() {
    fill(log, empty('talk', t('talk.empty'), t('talk.empty_advice')));
  }
  function changed(turn) {
    let shown = drawn.get(turn);
    if (!shown) {
      if (!list.isConnected) fill(log, list);
      shown = talkTurn(turn);
      drawn.set(turn, shown);
      list.append(shown.node);
    }
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    shown.draw(performance.now());
    if (atEnd) log.scrollTop = log.scrollHeight;
    mark();
    if (!frame) frame = requestAnimationFrame(grow);
  }
  // The bar of what goes on grows with the time.
  function grow() {
    frame = 0;
    const now = performance.now();
    const last = call?.conversation.turns.at(-1);
    if (last && drawn.get(last)?.draw(now)) frame = requestAnimationFrame(grow);
  }
  function mark() {
    const state = !call ? 'off' : !call.ready ? 'connecting' : call.conversation.state;
    const quiet = state === 'listening' && (call.muted || !call.ears);
    ball.state(quiet ? 'muted' : state);
    const text = quiet ? t(call.ears ? 'talk.state_muted' : 'talk.state_typing') : t(`talk.state_${state}`);
    if (status.textContent !== text) status.textContent = text;
    if (!call || state === 'thinking') ball.level(0);
  }
  function controls() {
    agent.control.disabled = call !== null;
    fill(buttons, call
      ? [call.ears ? button([icon(call.muted ? 'muted' : 'talk'), t(call.muted ? 'talk.unmute' : 'talk.mute')], toggleMute, { 'aria-pressed': String(call.muted) }) : null,
        button([icon('hangup'), t('talk.hang_up')], () => hangUp(), { look: 'danger primary' })]
      : button([icon('talk'), t('talk.start')], () => begin(true), { look: 'primary', disabled: !microphoneIsPossible() }));
    mark();
  }
  function toggleMute() {
    call.muted = !call.muted;
    call.sound.muted = call.muted;
    controls();
    buttons.querySelector('button')?.focus();
  }
  async function hangUp(why) {
    const ended = call;
    call = null;
    if (!ended) return;
    ended.line?.close();
    for (const turn of ended.conversation.turns) {
      turn.over = true;
      turn.speaking = false;
      drawn.get(turn)?.draw(performance.now());
    }
    if (view.alive()) {
      if (why) say('bad', why);
      controls();
    }
    await ended.sound?.close();
  }

  // With the microphone, or for who types.
  async function begin(ears) {
    say();
    const mine = { ears, muted: false, ready: false, early: [], sent: 0, sentAt: 0, line: null, sound: null };
    mine.conversation = new Conversation({
      send: (type, members) => mine.line?.send(type, members),
      play: (item, delta) => mine.sound?.play(item, fromBase64(delta)),
      stop: () => mine.sound?.stop() ?? [],
      call: (name, text) => callPageTool(name, text, { volume: () => volume.value, setVolume }),
      timeOf: (ms) => mine.sentAt - (mine.sent - ms),
    }, changed, (error) => {
      if (isHere(mine)) say('bad', KNOWN.includes(error.code) ? t(`talk.error_${error.code}`) : t('talk.error', { message: error.message ?? '–' }));
    });
    call = mine;
    drawn.clear();
    fill(list);
    empties();
    controls();
    const send = (pcm) => {
      mine.sent += FRAME_MS;
      mine.sentAt = performance.now();
      mine.line.send('input_audio_buffer.append', { audio: toBase64(pcm) });
    };
    try {
      if (soundIsPossible()) {
        mine.sound = await openSound({
          microphone: ears,
          heard(pcm, level) {
            if (!isHere(mine)) return;
            if (mine.conversation.state !== 'speaking') ball.level(level);
            if (mine.ready) return send(pcm);
            mine.early.push(pcm);
            if (mine.early.length > KEPT_FRAMES) mine.early.shift();
          },
          playing(level, over) {
            if (!isHere(mine)) return;
            if (mine.conversation.state === 'speaking') ball.level(level);
            if (over) mine.conversation.ended();
            mark();
          },
          began: (item) => mine.conversation.began(item, performance.now()),
          lost: () => { if (isHere(mine)) hangUp(t('talk.microphone_lost')); },
        });
        if (!isHere(mine)) return void mine.sound.close();  // hung up while the browser asked
        mine.sound.volume = volume.value ?? 0;
        mine.sound.muted = mine.muted;
      }
      const { key } = await api.post('/talk/keys', { agent: agent.value });
      if (!isHere(mine)) return void mine.sound?.close();
      await new Promise((opened, failed) => {
        mine.line = openLine(key, {
          told(event) {
            if (event.type === 'session.created') mine.line.send('session.update', { session: settings(mine.sound !== null) });
            if (event.type === 'session.updated') opened();
            if (isHere(mine)) mine.conversation.hear(event, performance.now());
          },
          over() {
            failed(new Error(t('talk.refused')));
            if (isHere(mine) && mine.ready) hangUp(t('talk.connection_lost'));
          },
        });
      });
      if (!isHere(mine)) return;
      mine.ready = true;
      for (const pcm of mine.early.splice(0)) send(pcm);
      controls();
    } catch (failure) {
      if (!isHere(mine)) return void mine.sound?.close();
      const kind = ERRORS[failure.name];
      await hangUp(kind && ears && !mine.sound ? t(`talk.microphone_${kind}`) : explain(failure));
    }
  }
  function setVolume(wanted) {
    const percent = Math.min(100, Math.max(0, wanted));
    if (volume.value !== percent) volume.value = percent;
    if (call?.sound) call.sound.volume = percent;
  }
  async function sendWords(event) {
    event.preventDefault();
    const text = words.value.trim();
    if (!text) return;
    words.value = '';
    if (!call) await begin(false);
    if (!call?.ready) { words.value = text; return; }
    call.conversation.type(text, performance.now());
  }

  const buttons = el('div', { class: 'talk-buttons' });
  const stage = el('section', { class: 'card talk-stage' }, agent.node, ball.node, status, buttons, faults,
    microphoneIsPossible() ? null : notice(t(window.isSecureContext ? 'talk.no_microphone_here' : 'talk.needs_https'), 'warn'),
    soundIsPossible() ? el('div', { class: 'talk-volume' }, volume.node) : null);
  const composer = el('form', { class: 'talk-composer', onsubmit: sendWords }, words,
    el('button', { class: 'button primary icon', type: 'submit', 'aria-label': t('talk.send'), title: t('talk.send') }, icon('up')));
  volume.node.addEventListener('input', () => { if (Number.isFinite(volume.value)) setVolume(volume.value); });
  add(view.root, view.head(t('talk.title'), { lead: t('talk.lead') }),
    el('div', { class: 'talk' }, stage, el('section', { class: 'card flush talk-side', 'aria-label': t('talk.transcript') }, log, composer)));
  view.cleanup(() => { cancelAnimationFrame(frame); hangUp(); });
  empties();
  controls();

  const names = await agentNames();
  if (!view.alive()) return;
  const wanted = query.get('agent');
  fill(agent.control, names.map((name) => el('option', { value: name }, name === USUAL ? t('talk.usual') : name)));
  agent.value = names.includes(wanted) ? wanted : USUAL;
  agent.control.addEventListener('change', () => keepQuery({ agent: agent.value === USUAL ? '' : agent.value }));
}
