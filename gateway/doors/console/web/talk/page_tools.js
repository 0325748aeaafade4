// What an agent may do on this page, as it does on a device: read and set the volume. By the names that devices use,
// so that an agent needs to know nothing of browsers.

const STATUS = 'self.get_device_status';
const VOLUME = 'self.audio_speaker.set_volume';

export const PAGE_TOOLS = [
  { type: 'function', name: STATUS, description: 'The state of the speaker, as JSON: audio_speaker.volume is 0 to 100.',
    parameters: { type: 'object', properties: {} } },
  { type: 'function', name: VOLUME, description: 'Sets the volume of the speaker.',
    parameters: { type: 'object', properties: { volume: { type: 'integer', minimum: 0, maximum: 100 } }, required: ['volume'] } },
];

// RETURNS: what the agent is told. Whatever it asks for, nothing else happens.
export function callPageTool(name, text, { volume, setVolume }) {
  let given;
  try { given = JSON.parse(text || '{}'); } catch { return '{"error":"the arguments are not JSON"}'; }
  if (name === STATUS) return JSON.stringify({ audio_speaker: { volume: volume() } });
  if (name !== VOLUME) return '{"error":"there is no such tool"}';
  if (!Number.isInteger(given?.volume) || given.volume < 0 || given.volume > 100) return '{"error":"volume is 0 to 100"}';
  setVolume(given.volume);
  return 'true';
}
