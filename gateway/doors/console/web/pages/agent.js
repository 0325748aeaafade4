// One agent: what it is told, how it sounds, who does its work (docs/agents.md).
import * as api from '../api.js';
import { add, el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { href, navigate } from '../router.js';
import { can } from '../session.js';
import { button, link } from '../widgets/button.js';
import { confirm } from '../widgets/dialog.js';
import * as fields from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { loading, notice } from '../widgets/marks.js';
import { order } from '../widgets/order.js';
import { done, explain } from '../widgets/toast.js';
import { documentsSection } from './agent_documents.js';

const PLACEHOLDERS = ['date', 'time', 'weekday', 'language', 'device', 'agent', 'char', 'user'];
const BLOCKS = ['settings', 'personality', 'mask', 'examples'];
const STAGES = ['asr', 'llm', 'tts'];
const back = () => ({ href: '#/agents', label: t('agents.title') });

// Of lines "word = what is said"; without a mark nothing is said for the word.
function pairs(lines) {
  return Object.fromEntries(lines.map((line) => {
    const at = line.lastIndexOf('=');
    return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  }).filter(([word]) => word));
}

// Inserts at the cursor, as typing would.
function placeholders(control) {
  return el('div', { class: 'row' }, el('span', { class: 'small soft' }, t('agent.insert')),
    PLACEHOLDERS.map((name) => button(`{{${name}}}`, () => {
      control.setRangeText(`{{${name}}}`, control.selectionStart, control.selectionEnd, 'end');
      control.focus();
    }, { look: 'small quiet mono' })));
}

async function providerNames() {
  const names = { asr: [], llm: [], tts: [] };
  if (!can('agents:write')) return names;
  for (const provider of api.items(await api.get('/providers'))) names[provider.stage]?.push(provider.name);
  return names;
}

function editor(agent, providers, isNew) {
  const config = agent.config ?? {};
  const name = fields.text(t('agent.name'), { value: agent.name, required: true, disabled: !isNew, pattern: '[a-z0-9_\\-]{1,32}',
    title: t('agent.name_hint'), hint: t('agent.name_hint') });
  const prompt = fields.text(t('agent.prompt'), { value: config.prompt, multiline: true, rows: 8,
    hint: t('agent.prompt_hint'), placeholder: t('agent.prompt_example') });
  const language = fields.text(t('agent.language'), { value: config.language, placeholder: 'zh-CN', hint: t('agent.language_hint') });
  const voice = fields.text(t('agent.voice'), { value: config.voice, hint: t('agent.voice_hint') });
  const chosen = STAGES.map((stage) => order(t(`stage.${stage}`), [...new Set([...providers[stage], ...(config[stage] ?? [])])],
    config[stage], { hint: t(`agent.${stage}_hint`), none: t('agent.usual') }));
  const greeting = fields.text(t('agent.greeting'), { value: config.greeting, hint: t('agent.greeting_hint') });
  const farewell = fields.text(t('agent.farewell'), { value: config.farewell, hint: t('agent.farewell_hint') });
  const endPrompt = fields.text(t('agent.end_prompt'), { value: config.end_prompt, hint: t('agent.end_prompt_hint') });
  const exitWords = fields.lines(t('agent.exit_words'), { value: config.exit_words, hint: t('agent.exit_words_hint') });
  const wakeWords = fields.lines(t('agent.wake_words'), { value: config.wake_words, hint: t('agent.wake_words_hint') });
  const replacements = fields.lines(t('agent.replacements'), { value: Object.entries(config.replacements ?? {}).map(([word, said]) => `${word} = ${said}`),
    hint: t('agent.replacements_hint'), placeholder: t('agent.replacements_example') });
  const memory = fields.choice(t('agent.memory'), [['', t('agent.memory_off')], ['diary', t('agent.memory_diary')], ['full', t('agent.memory_full')]],
    { value: config.memory === 'off' ? '' : config.memory ?? '', hint: t('agent.memory_hint') });
  const depth = fields.integer(t('agent.depth'), { value: config.documents?.depth ?? 0, min: 0, max: 8, hint: t('agent.depth_hint') });
  const played = config.character ?? {};
  const names = ['name', 'user'].map((key) => fields.text(t(`character.${key}`), { value: played[key], hint: t(`character.${key}_hint`) }));
  const blocks = BLOCKS.map((key) => fields.text(t(`character.${key}`), { value: played[key], multiline: true, rows: 3, hint: t(`character.${key}_hint`) }));
  const emotions = fields.lines(t('character.emotions'), { value: Object.entries(played.emotions ?? {}).map(([word, face]) => `${word} = ${face}`),
    hint: t('character.emotions_hint'), placeholder: 'shy = embarrassed' });
  const tools = fields.lines(t('agent.tools'), { value: config.tools, hint: t('agent.tools_hint') });

  // Keys that this page does not know stay as they are; what is empty is left out: then the usual holds.
  function read() {
    const next = { ...config };
    const put = (key, value) => {
      if (value === '' || (Array.isArray(value) && value.length === 0)) delete next[key];
      else next[key] = value;
    };
    put('prompt', prompt.value);
    put('language', language.value.trim());
    put('voice', voice.value.trim());
    STAGES.forEach((stage, at) => put(stage, chosen[at].value));
    put('greeting', greeting.value);
    put('farewell', farewell.value);
    put('end_prompt', endPrompt.value);
    put('exit_words', exitWords.value);
    put('wake_words', wakeWords.value);
    put('memory', memory.value);
    put('tools', tools.value);
    const part = (key, made) => {
      const kept = Object.fromEntries(Object.entries(made).filter(([, value]) => value !== '' && value !== 0));
      if (Object.keys(kept).length === 0) delete next[key];
      else next[key] = kept;
    };
    part('documents', { ...config.documents, depth: depth.value });
    const felt = pairs(emotions.value);
    part('character', { ...played, name: names[0].value.trim(), user: names[1].value.trim(),
      ...Object.fromEntries(BLOCKS.map((key, at) => [key, blocks[at].value])), emotions: Object.keys(felt).length ? felt : '' });
    const words = pairs(replacements.value);
    if (Object.keys(words).length === 0) delete next.replacements;
    else next.replacements = words;
    return next;
  }
  const section = (title, ...content) => el('section', { class: 'card stack' }, el('h2', {}, title), content);
  return form([
    section(t('agent.who'), isNew ? name.node : null, prompt.node, placeholders(prompt.control), el('div', { class: 'fields' }, language.node, voice.node)),
    section(t('agent.providers'), el('div', { class: 'fields' }, chosen.map((each) => each.node))),
    section(t('agent.words'), el('div', { class: 'fields' }, greeting.node, farewell.node, endPrompt.node, memory.node, depth.node),
      el('div', { class: 'fields' }, exitWords.node, wakeWords.node, replacements.node, tools.node)),
    section(t('character.title'), el('p', { class: 'soft' }, t('character.lead')), el('div', { class: 'fields' }, names.map((each) => each.node)),
      blocks.map((each) => each.node), emotions.node),
    can('agents:write') ? null : notice(t('agent.read_only')),
  ], {
    submit: t('form.save'),
    send: async () => {
      if (isNew) await api.post('/agents', { name: name.value, config: read() });
      else await api.put(api.path('agents', agent.name), { config: read() });
      done(t('form.saved'));
      if (isNew) navigate('agents', name.value);
    },
  });
}

export async function show(view, params) {
  const isNew = params.name === undefined;
  const title = isNew ? t('agents.new') : params.name;
  const place = el('div', {}, el('div', { class: 'card flush' }, loading(6)));
  const removal = !isNew && can('agents:write') ? button(t('agent.delete'), async () => {
    const gone = await confirm(t('agent.delete'), t('agent.delete_lead'), t('agent.delete'),
      () => api.remove(api.path('agents', params.name)), { retype: params.name });
    if (gone) navigate('agents');
  }, { look: 'danger' }) : null;
  const trial = !isNew && can('commands') ? link(t('talk.try'), `${href('talk')}?agent=${encodeURIComponent(params.name)}`, 'primary') : null;
  add(view.root, view.head(title, { back: back(), actions: [trial, removal] }), place);
  try {
    const [agent, providers] = await Promise.all([
      isNew ? { name: '', config: {} } : api.get(api.path('agents', params.name)), providerNames()]);
    if (view.alive()) fill(place, editor(agent, providers, isNew), isNew ? null : documentsSection(view, agent.name));
  } catch (failure) {
    fill(place, el('div', { class: 'card' }, el('p', { role: 'alert' }, explain(failure))));
  }
}
