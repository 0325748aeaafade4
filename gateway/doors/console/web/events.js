// The gateway's live events (server-sent events), for as long as somebody looks at the page. A hidden tab lets
// go of its connection: browsers share six of them among all tabs.
import { urlOf } from './api.js';

const KINDS = ['online', 'offline', 'session', 'turn', 'tool', 'command', 'firmware', 'device', 'worker'];
const RETRY_MS = 3000;

const listeners = new Set();
const watchers = new Set();
let source = null;
let retry = 0;
let wanted = false;
let state = 'off';

function become(next) {
  if (state === next) return;
  state = next;
  for (const watcher of watchers) watcher(state);
}

function tell(message) {
  let data;
  try { data = JSON.parse(message.data); } catch { return; }
  for (const listener of [...listeners]) listener(message.type, data);
}

function open() {
  clearTimeout(retry);
  if (!wanted || source || document.hidden) return;
  become('connecting');
  source = new EventSource(urlOf('/events'));
  source.onopen = () => become('live');
  source.onerror = () => {
    become('connecting');
    if (source?.readyState !== EventSource.CLOSED) return;  // the browser tries again by itself
    close();
    retry = setTimeout(open, RETRY_MS);
  };
  for (const kind of KINDS) source.addEventListener(kind, tell);
  source.addEventListener('gap', () => { for (const listener of [...listeners]) listener('resumed', {}); });
}

function close() {
  clearTimeout(retry);
  source?.close();
  source = null;
}

document.addEventListener('visibilitychange', () => {
  if (!wanted) return;
  if (document.hidden) { close(); become('off'); return; }
  open();
  for (const listener of [...listeners]) listener('resumed', {});  // what was missed is asked for anew
});

export function start() { wanted = true; open(); }
export function stop() { wanted = false; close(); become('off'); }
// handler(kind, data); 'resumed' after a pause. RETURNS: how to stop listening.
export function listen(handler) { listeners.add(handler); return () => listeners.delete(handler); }
export function watch(handler) { watchers.add(handler); handler(state); return () => watchers.delete(handler); }

// Runs `work` soon after the first of many calls, and again after the last: at most once each `pause` ms.
export function calmly(work, pause = 800) {
  let timer = 0;
  let again = false;
  const run = () => {
    work();
    timer = setTimeout(() => { timer = 0; if (again) { again = false; call(); } }, pause);
  };
  const call = () => { if (timer) again = true; else run(); };
  call.stop = () => { clearTimeout(timer); again = false; timer = -1; };
  return call;
}
