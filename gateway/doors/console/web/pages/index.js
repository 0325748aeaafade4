// Every page, and where it stands in the side bar.
import { t } from '../i18n/index.js';
import * as access from './access.js';
import * as account from './account.js';
import * as agent from './agent.js';
import * as agents from './agents.js';
import * as audit from './audit.js';
import * as device from './device.js';
import * as devices from './devices.js';
import * as firmware from './firmware.js';
import * as latency from './latency.js';
import * as providers from './providers.js';
import * as sessions from './sessions.js';
import * as system from './system.js';
import * as talk from './talk.js';
import * as workers from './workers.js';

export const sections = () => [
  { title: t('nav.devices_title'), pages: [
    { key: 'devices', label: t('nav.devices'), scope: 'devices:read' },
    { key: 'sessions', label: t('nav.sessions'), scope: 'system:read' },
    { key: 'firmware', label: t('nav.firmware'), scope: 'firmware:read' }] },
  { title: t('nav.speech_title'), pages: [
    { key: 'talk', label: t('nav.talk'), scope: 'commands' },
    { key: 'agents', label: t('nav.agents'), scope: 'agents:read' },
    { key: 'providers', label: t('nav.providers'), scope: 'agents:write' },
    { key: 'latency', label: t('nav.latency'), scope: 'conversations:read' }] },
  { title: t('nav.operation_title'), pages: [
    { key: 'workers', label: t('nav.workers'), scope: 'system:read' },
    { key: 'access', label: t('nav.access'), scope: 'tokens:write' },
    { key: 'audit', label: t('nav.audit'), scope: 'audit:read' },
    { key: 'system', label: t('nav.system'), scope: 'system:read' }] },
];

export const routes = () => [
  ['', { key: 'devices', ...devices }],
  ['devices', { key: 'devices', ...devices }],
  ['devices/:id', { key: 'devices', ...device }],
  ['devices/:id/:tab', { key: 'devices', ...device }],
  ['sessions', { key: 'sessions', ...sessions }],
  ['firmware', { key: 'firmware', ...firmware }],
  ['agents', { key: 'agents', ...agents }],
  ['agents/:name', { key: 'agents', ...agent }],
  ['new-agent', { key: 'agents', ...agent }],
  ['providers', { key: 'providers', ...providers }],
  ['talk', { key: 'talk', ...talk }],
  ['latency', { key: 'latency', ...latency }],
  ['workers', { key: 'workers', ...workers }],
  ['access', { key: 'access', ...access }],
  ['access/:tab', { key: 'access', ...access }],
  ['audit', { key: 'audit', ...audit }],
  ['system', { key: 'system', ...system }],
  ['account', { key: 'account', ...account }],
];
