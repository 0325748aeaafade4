// Who answers: the list of agents.
import * as api from '../api.js';
import { add, el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { href } from '../router.js';
import { can } from '../session.js';
import { when } from '../time.js';
import { button, link } from '../widgets/button.js';
import { badge, empty, loading } from '../widgets/marks.js';
import { explain } from '../widgets/toast.js';

const firstWords = (text) => (text && text.length > 160 ? `${text.slice(0, 160).trimEnd()}…` : text);

function card(agent) {
  const config = agent.config ?? {};
  const names = [...(config.asr ?? []), ...(config.llm ?? []), ...(config.tts ?? [])];
  return el('article', { class: 'card stack tight' },
    el('div', { class: 'row spread' }, el('h2', {}, el('a', { href: href('agents', agent.name) }, agent.name)),
      config.language ? badge(config.language) : null),
    el('p', { class: 'soft' }, firstWords(config.prompt) || t('agents.no_prompt')),
    el('div', { class: 'tags' }, names.length ? names.map((name) => badge(name)) : badge(t('agents.usual_providers')),
      config.voice ? badge(`${t('agent.voice')}: ${config.voice}`) : null),
    agent.changed ? el('p', { class: 'small soft' }, t('agents.changed'), ' ', when(agent.changed)) : null);
}

export async function show(view) {
  const make = (look) => (can('agents:write') ? link(t('agents.new'), '#/new-agent', look) : null);
  const place = el('div', { class: 'card flush' }, loading(3));
  add(view.root, view.head(t('agents.title'), { lead: t('agents.lead'), actions: [make('primary')] }), place);
  async function load() {
    try {
      const agents = api.items(await api.get('/agents', { limit: 200 }));
      if (!view.alive()) return;
      place.className = agents.length ? 'columns' : 'card flush';
      fill(place, agents.length ? agents.map(card) : empty('agents', t('agents.none'), t('agents.none_advice'), make('primary')));
    } catch (failure) {
      fill(place, el('div', { class: 'empty' }, el('p', { role: 'alert' }, explain(failure)), button(t('list.again'), load)));
    }
  }
  await load();
}
