// The beginning: who is there, then the gate (set-up, log-in) or the console.
import * as api from './api.js';
import { el, fill } from './dom.js';
import * as events from './events.js';
import { t } from './i18n/index.js';
import * as router from './router.js';
import * as session from './session.js';
import { gate, loginGate, setupGate } from './pages/gate.js';
import { shell } from './shell.js';
import { button } from './widgets/button.js';
import { explain } from './widgets/toast.js';

const app = document.getElementById('app');

function leave() {
  events.stop();
  router.stop();
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
}

async function begin() {
  leave();
  let state;
  try { state = await session.load(); } catch (failure) {
    return fill(app, gate(t('gate.unreachable'), el('div', { class: 'stack' },
      el('p', { role: 'alert' }, explain(failure)), button(t('list.again'), begin, { look: 'primary' })), begin));
  }
  draw(state);
}

function draw(state) {
  const setup = /^#setup=(.+)$/.exec(location.hash);
  if (state === 'in') {
    if (setup) history.replaceState(null, '', location.pathname);  // the token must not stay in the address
    return shell(app, { redraw: () => draw('in'), loggedOut: begin });
  }
  document.title = 'Earshot';
  if (state === 'setup' || setup) return fill(app, setupGate(setup ? decodeURIComponent(setup[1]) : '', begin, () => draw(state)));
  return fill(app, loginGate(begin, () => draw(state)));
}

api.whenLoggedOut(() => { session.forget(); begin(); });
begin();
