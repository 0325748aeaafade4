// What was said, by whom, how long each step took, and what a client has to do about it. Pure: events of the gateway
// and of the sound go in with their times; `act` is told what to do, `changed` what to draw anew.

// The steps of an answer, in order: each begins where the one before ended. As widgets/stage_bar.js draws them.
export const STEPS = ['hearing', 'recogniser', 'brain', 'voice', 'own'];
const MARKS = ['end', 'endpoint', 'words', 'text', 'sound', 'heard'];

// RETURNS: [{step, ms, open}]; `open` is the one that goes on. What comes early (a brain that did not wait) costs 0.
export function stepsOf(turn, now) {
  const made = [];
  let from = null;
  for (let at = 0; at < MARKS.length; ++at) {
    const mark = turn.at[MARKS[at]];
    if (from === null) { from = mark ?? null; continue; }
    if (mark === undefined) {
      if (MARKS.slice(at).some((later) => turn.at[later] !== undefined)) continue;
      if (!turn.over) made.push({ step: STEPS[at - 1], ms: Math.max(0, now - from), open: true });
      break;
    }
    made.push({ step: STEPS[at - 1], ms: Math.max(0, mark - from), open: false });
    from = Math.max(from, mark);
  }
  return made;
}

export class Conversation {
  // act: {send(type, members), play(item, pcm), stop(), call(name, arguments) -> text, timeOf(ms appended)}.
  constructor(act, changed, failed) {
    this.act = act;
    this.changed = changed;
    this.failed = failed;
    this.turns = [];
    this.responses = new Map();  // id -> turn
    this.byItem = new Map();  // id of a spoken item -> turn
    this.silenced = new Set();  // items that were interrupted: what still comes of them is not played
    this.active = null;  // id of the response that is being made
    this.outputs = 0;  // functions that were answered since
    this.talking = false;  // the user
    this.playing = false;  // the loudspeaker
  }

  get state() {
    if (this.talking) return 'hearing';
    const turn = this.turns.at(-1);
    if (turn?.speaking) return 'speaking';
    return turn && !turn.over ? 'thinking' : 'listening';
  }

  type(text, now) {
    this.interrupt();
    if (this.active) this.act.send('response.cancel', { event_id: 'quiet_cancel' });
    const turn = this.begin({ typed: true, user: text });
    turn.at.words = now;
    this.act.send('conversation.item.create', { item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] } });
    this.act.send('response.create');
    this.changed(turn);
  }

  // Stops what plays, and tells how much of it was heard: the rest was not said.
  interrupt() {
    for (const [item, ms, whole] of this.act.stop()) {
      const turn = this.byItem.get(item);
      if (whole && turn?.over) continue;
      this.silenced.add(item);
      this.act.send('conversation.item.truncate', { event_id: 'quiet_truncate', item_id: item, content_index: 0, audio_end_ms: ms });
      if (turn) { turn.interrupted = true; this.changed(turn); }
    }
    this.playing = false;
    for (const turn of this.turns) this.silence(turn);
  }

  silence(turn) {
    if (!turn.speaking) return;
    turn.speaking = false;
    this.changed(turn);
  }

  // Of the loudspeaker.
  began(item, now) {
    const turn = this.byItem.get(item);
    if (!turn) return;
    turn.at.heard ??= now;
    turn.speaking = true;
    this.playing = true;
    this.changed(turn);
  }
  // All that came has been played.
  ended() {
    this.playing = false;
    for (const turn of this.turns) { if (turn.over) this.silence(turn); }
  }

  hear(event, now) {
    const handler = HANDLERS[event.type];
    if (handler) handler.call(this, event, now);
  }

  begin(given) {
    const turn = { user: '', reply: '', tools: [], at: {}, over: false, speaking: false, interrupted: false, ...given };
    // What nobody answers any more waits for nothing.
    const answered = new Set(this.responses.values());
    for (const each of this.turns) {
      if (each.over || answered.has(each)) continue;
      each.over = true;
      this.changed(each);
    }
    this.turns.push(turn);
    return turn;
  }
}

const HANDLERS = {
  'input_audio_buffer.speech_started'({ item_id: item }) {
    this.interrupt();
    this.talking = true;
    const turn = this.begin({ item, spoken: true });
    this.byItem.set(item, turn);
    this.changed(turn);
  },
  'input_audio_buffer.speech_stopped'({ item_id: item, audio_end_ms: end }, now) {
    this.talking = false;
    const turn = this.byItem.get(item);
    if (!turn) return;
    turn.at.end = Math.min(now, this.act.timeOf(end));
    turn.at.endpoint = now;
    turn.unheard = true;  // a click, unless it is committed
    turn.over = true;
    this.changed(turn);
  },
  'input_audio_buffer.committed'({ item_id: item }) {
    const turn = this.byItem.get(item);
    if (!turn) return;
    turn.unheard = false;
    turn.over = false;
    this.changed(turn);
  },
  'conversation.item.input_audio_transcription.completed'({ item_id: item, transcript }, now) {
    const turn = this.byItem.get(item);
    if (!turn) return;
    turn.at.words = now;
    turn.user = transcript;
    turn.unheard = transcript === '';
    if (turn.unheard) turn.over = true;
    this.changed(turn);
  },
  'conversation.item.input_audio_transcription.failed'({ item_id: item }) {
    const turn = this.byItem.get(item);
    if (!turn) return;
    turn.unheard = true;
    turn.over = true;
    this.changed(turn);
  },
  'response.created'({ response }) {
    // One that goes on behind a function, or answers what was said last; else the agent speaks by itself.
    const last = this.turns.at(-1);
    const turn = last && !last.over && !last.unheard ? last : this.begin({});
    this.active = response.id;
    this.responses.set(response.id, turn);
    this.changed(turn);
  },
  'response.output_item.added'({ response_id: response, item }) {
    const turn = this.responses.get(response);
    if (turn && item?.id) this.byItem.set(item.id, turn);
  },
  'response.output_audio_transcript.delta'(event, now) { addText.call(this, event, now); },
  'response.output_text.delta'(event, now) { addText.call(this, event, now); },
  'response.output_audio.delta'({ response_id: response, item_id: item, delta }, now) {
    const turn = this.responses.get(response);
    if (!turn || this.silenced.has(item)) return;
    turn.at.sound ??= now;
    this.act.play(item, delta);
    this.changed(turn);
  },
  'response.output_item.done'({ response_id: response, item }) {
    const turn = this.responses.get(response);
    if (!turn || item?.type !== 'function_call') return;
    const output = this.act.call(item.name, item.arguments);
    turn.tools.push({ name: item.name, arguments: item.arguments, output });
    ++this.outputs;
    this.act.send('conversation.item.create', { item: { type: 'function_call_output', call_id: item.call_id, output } });
    this.changed(turn);
  },
  'response.done'({ response }) {
    const turn = this.responses.get(response.id);
    this.responses.delete(response.id);
    if (this.active === response.id) this.active = null;
    if (!turn) return;
    if (response.status === 'completed' && this.outputs > 0) {
      this.outputs = 0;
      this.act.send('response.create');
      return this.changed(turn);
    }
    this.outputs = 0;
    turn.over = true;
    if (response.status === 'cancelled') turn.interrupted = true;
    if (response.status === 'failed') turn.fault = true;
    if (!this.playing) turn.speaking = false;
    this.changed(turn);
  },
  error({ error }) {
    // Of what crossed with the end of what it was about.
    if (!String(error?.event_id ?? '').startsWith('quiet_')) this.failed(error ?? {});
  },
};

function addText({ response_id: response, delta }, now) {
  const turn = this.responses.get(response);
  if (!turn) return;
  turn.at.text ??= now;
  turn.reply += delta;
  this.changed(turn);
}
