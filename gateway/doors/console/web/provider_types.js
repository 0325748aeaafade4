// What each type of provider can be told (docs/providers.md), so that the console offers the right fields.
// `settings`: the common ones, in the order in which they are asked; others can be added by name.

const KEY = ['api_key'];
const SHERPA = { settings: ['family', 'model', 'tokens'], secrets: [] };

export const TYPES = {
  asr: {
    openai: { settings: ['url', 'model', 'language', 'prompt'], secrets: KEY },
    funasr: { settings: ['url', 'dialect'], secrets: [] },
    dashscope: { settings: ['model'], secrets: KEY },
    doubao: { settings: ['resource_id', 'app_id'], secrets: ['api_key', 'access_token'] },
    deepgram: { settings: ['model'], secrets: KEY },
    sherpa_onnx: SHERPA,
    pocketsphinx: { settings: [], secrets: [] },
  },
  llm: {
    openai: { settings: ['base_url', 'model_name', 'temperature', 'max_tokens'], secrets: KEY },
    ollama: { settings: ['base_url', 'model_name', 'temperature'], secrets: [] },
    dify: { settings: ['base_url', 'mode'], secrets: KEY },
    coze: { settings: ['base_url', 'bot_id'], secrets: KEY },
    fastgpt: { settings: ['base_url'], secrets: KEY },
    intents: { settings: [], secrets: [] },
  },
  tts: {
    openai: { settings: ['url', 'model', 'voice'], secrets: KEY },
    edge: { settings: ['voice'], secrets: [] },
    dashscope: { settings: ['model', 'voice'], secrets: KEY },
    volcengine: { settings: ['app_id', 'resource_id', 'speaker'], secrets: ['api_key', 'access_token'] },
    gpt_sovits: { settings: ['url', 'ref_audio_path', 'prompt_text', 'prompt_lang'], secrets: [] },
    elevenlabs: { settings: ['voice_id', 'model'], secrets: KEY },
    sherpa_onnx: SHERPA,
    embedded: { settings: [], secrets: [] },
  },
};

export const EXAMPLES = {
  url: 'https://…', base_url: 'https://api.deepseek.com/v1', model_name: 'deepseek-chat', temperature: '0.7', dialect: 'cpp-2pass',
  family: 'sense_voice', mode: 'chat', prompt_lang: 'zh',
};

// A setting is text in its field. What reads as a number, a switch or JSON becomes one, unless it was a text before.
export function settingValue(text, before) {
  const trimmed = text.trim();
  if (typeof before === 'string') return trimmed;
  if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
  if (/^-?(0|[1-9]\d{0,8})(\.\d+)?$/.test(trimmed)) return Number(trimmed);
  if (/^[[{]/.test(trimmed)) { try { return JSON.parse(trimmed); } catch { return trimmed; } }
  return trimmed;
}

export const settingText = (value) =>
  (value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));
