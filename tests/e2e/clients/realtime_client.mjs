// The openai package of npm against a gateway: types a question, calls a function when it is asked to, and tells what
// came of it as one JSON object. usage: node realtime_client.mjs FOLDER wss-PORT KEY CERTIFICATE
// FOLDER has the node_modules. The package speaks nothing but wss.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [folder, port, key, certificate] = process.argv.slice(2);
const PATIENCE_MS = 90_000;
const load = createRequire(`${folder}/package.json`);
const OpenAI = load('openai').default;
const { OpenAIRealtimeWS } = load('openai/realtime/ws');

const client = new OpenAI({ apiKey: key, baseURL: `https://localhost:${port}/v1` });
const line = new OpenAIRealtimeWS({ model: 'default', options: { ca: readFileSync(certificate) } }, client);
const told = { types: [], call: null, said: '', audio_bytes: 0 };

function end(code, why) {
  console.log(JSON.stringify({ ...told, why }));
  process.exit(code);
}
setTimeout(() => end(1, 'out of time'), PATIENCE_MS);
line.on('error', (failure) => end(1, failure.message));
line.on('event', ({ type }) => told.types.push(type));

line.on('session.created', () => line.send({
  type: 'session.update',
  session: {
    type: 'realtime',
    tools: [{ type: 'function', name: 'self.audio_speaker.set_volume', description: 'Sets the volume.',
      parameters: { type: 'object', properties: { volume: { type: 'integer' } }, required: ['volume'] } }],
  },
}));
line.on('session.updated', () => {
  line.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user',
    content: [{ type: 'input_text', text: 'set the volume to fifty percent' }] } });
  line.send({ type: 'response.create' });
});
line.on('response.output_item.done', ({ item }) => {
  if (item.type !== 'function_call') return;
  told.call = item.arguments;
  line.send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: item.call_id, output: 'true' } });
});
line.on('response.output_audio.delta', ({ delta }) => { told.audio_bytes += Buffer.from(delta, 'base64').length; });
line.on('response.output_audio_transcript.done', ({ transcript }) => { told.said += transcript; });
line.on('response.done', ({ response }) => {
  if (response.output.some(({ type }) => type === 'function_call')) return line.send({ type: 'response.create' });
  told.status = response.status;
  line.close();
  end(response.status === 'completed' ? 0 : 1, '');
});
