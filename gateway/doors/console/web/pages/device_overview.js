// A device's facts, its settings, speaking through it, and what takes it away.
import * as api from '../api.js';
import { el, fill } from '../dom.js';
import { t } from '../i18n/index.js';
import { navigate } from '../router.js';
import { can, user } from '../session.js';
import { when } from '../time.js';
import { button } from '../widgets/button.js';
import { confirm } from '../widgets/dialog.js';
import * as fields from '../widgets/fields.js';
import { form } from '../widgets/form.js';
import { facts, notice } from '../widgets/marks.js';
import { done } from '../widgets/toast.js';
import { bindDialog } from './bind.js';
import { messageCard } from './device_message.js';

function factsCard(context) {
  const place = el('div');
  context.follow((device) => fill(place, facts([
    [t('device.address'), el('code', {}, device.id)],
    [device.online ? t('device.online_since') : t('device.last_seen'), when(device.online ? device.online_since : device.last_seen)],
    [t('device.first_seen'), when(device.first_seen)],
    [t('device.owner'), device.owner],
    [t('device.board'), device.board],
    [t('device.firmware'), device.firmware],
    [t('device.language'), device.language],
    device.serial ? [t('device.serial'), el('code', {}, device.serial)] : null,
    [t('device.peer'), device.last_peer ? el('code', {}, device.last_peer) : ''],
    device.session ? [t('device.session'), el('code', {}, device.session)] : null,
    device.worker ? [t('device.worker'), device.worker] : null,
  ])));
  return el('section', { class: 'card' }, el('h2', {}, t('device.facts')), place);
}

async function agentNames(chosen) {
  if (!can('agents:read')) return chosen ? [chosen] : [];
  const names = api.items(await api.get('/agents', { limit: 200 })).map((agent) => agent.name);
  return chosen && !names.includes(chosen) ? [...names, chosen] : names;
}

function settingsCard(context) {
  const { device } = context;
  const place = el('div');
  agentNames(device.agent).catch(() => [device.agent].filter(Boolean)).then((names) => {
    const name = fields.text(t('device.name'), { value: device.name, maxlength: 64, name: 'name' });
    const tagText = fields.text(t('device.tags'), { value: (device.tags ?? []).join(', '), hint: t('device.tags_hint') });
    const agent = fields.choice(t('device.agent'), [['', t('device.agent_usual')], ...names.map((each) => [each, each])],
      { value: device.agent ?? '' });
    const transport = fields.choice(t('device.transport'), [['mqtt', 'MQTT + UDP'], ['websocket', 'WebSocket']],
      { value: device.transport, hint: t('device.transport_hint') });
    const update = fields.toggle(t('device.auto_update'), { value: device.auto_update, hint: t('device.auto_update_hint') });
    fill(place, form([el('div', { class: 'fields' }, [name, tagText, agent, transport].map((each) => each.node)), update], {
      submit: t('form.save'),
      send: async () => {
        context.update(await api.patch(api.path('devices', device.id), {
          name: name.value.trim(), agent: agent.value, transport: transport.value, auto_update: update.value,
          tags: tagText.value.split(/[\s,，、]+/).filter(Boolean),
        }));
        done(t('form.saved'));
      },
    }));
  });
  return el('section', { class: 'card' }, el('h2', {}, t('device.settings')), place);
}

function dangerCard(context) {
  const place = el('div', { class: 'row' });
  const id = context.device.id;
  const mayManage = user().role !== 'member';  // members may give a device back, no more
  const change = (path, body) => async () => { context.update(await api.post(api.path('devices', id, path), body)); };
  context.follow((device) => fill(place,
    mayManage && button(t(device.blocked ? 'device.unblock' : 'device.block'), () => confirm(
      t(device.blocked ? 'device.unblock' : 'device.block'), t(device.blocked ? 'device.unblock_lead' : 'device.block_lead'),
      t(device.blocked ? 'device.unblock' : 'device.block'),
      async () => context.update(await api.patch(api.path('devices', id), { blocked: !device.blocked })), { danger: !device.blocked })),
    button(t('device.rotate'), () => confirm(t('device.rotate'), t('device.rotate_lead'), t('device.rotate'),
      change('rotate', { now: true }), { danger: false })),
    device.bound ? button(t('device.unbind'), () => confirm(t('device.unbind'), t('device.unbind_lead'), t('device.unbind'),
      change('unbind', {})), { look: 'danger' }) : null,
    mayManage && button(t('device.forget'), async () => {
      const gone = await confirm(t('device.forget'), t('device.forget_lead'), t('device.forget'),
        () => api.remove(api.path('devices', id)), { retype: device.name || id });
      if (gone) { done(t('device.forgotten')); navigate('devices'); }
    }, { look: 'danger' })));
  return el('section', { class: 'card' }, el('h2', {}, t('device.danger')), place);
}

function waitingNotice(context) {
  const place = el('div');
  context.follow((device) => fill(place, device.state === 'waiting' && can('devices:write')
    ? notice([el('p', {}, t('device.waiting_advice')), button(t('bind.open'), () => { bindDialog(); }, { look: 'small' })], 'warn') : null));
  return place;
}

export function overviewTab(context) {
  return el('div', { class: 'columns' },
    el('div', { class: 'stack' }, waitingNotice(context), factsCard(context)),
    el('div', { class: 'stack' }, can('commands') ? messageCard(context) : null,
      can('devices:write') ? [settingsCard(context), dangerCard(context)] : null));
}
