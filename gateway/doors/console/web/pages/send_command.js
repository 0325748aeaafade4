// Sends a command and follows it until it is finished, or its owner looks elsewhere.
import * as api from '../api.js';
import * as events from '../events.js';

const WAIT_MS = 3000;
const ASK_AGAIN_MS = 2000;
const OPEN = ['queued', 'sent'];

// changed(command): at once, and on each change. RETURNS: the first answer; the rest is told as it comes.
export async function send(body, changed) {
  const answer = await api.post(`/commands?wait_ms=${WAIT_MS}`, body);
  const command = answer.items[0];
  changed(command);
  if (OPEN.includes(command.state)) follow(command, changed);
  return command;
}

function follow(command, changed) {
  const until = Date.now() + command.ttl_ms + command.timeout_ms + 5000;
  let timer = 0;
  const ask = async () => {
    clearTimeout(timer);
    try {
      const now = await api.get(api.path('commands', command.id));
      if (now.state !== command.state) changed(now);
      command = now;
    } catch { /* asked again below */ }
    if (!OPEN.includes(command.state) || Date.now() > until) return stop();
    timer = setTimeout(ask, ASK_AGAIN_MS);
  };
  const stop = events.listen((kind, data) => {
    if (kind === 'command' && data.device === command.device) ask();
  });
  timer = setTimeout(ask, ASK_AGAIN_MS);
}
