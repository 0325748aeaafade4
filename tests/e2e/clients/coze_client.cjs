// The @coze/api package of npm against a gateway.
//
// usage: node coze_client.cjs FOLDER_OF_NODE_MODULES http://host:port KEY CASE
// Prints one JSON object; ends with 1 when the conversation failed.
const {createRequire} = require('module');

const [folder, url, key, name] = process.argv.slice(2);
const load = createRequire(folder + '/');
const {CozeAPI} = load('@coze/api');
const PATIENCE_MS = 90000;

const client = new CozeAPI({token: key, baseURL: url, baseWsURL: url.replace('http', 'ws'), allowPersonalAccessTokenInBrowser: true});

function end(told, code) {
  console.log(JSON.stringify(told));
  process.exit(code);
}

async function main() {
  const events = [];
  let text = '';
  let bytes = 0;
  setTimeout(() => end({problem: 'nothing came', events}, 1), PATIENCE_MS);
  const ws = await client.websockets.chat.create({bot_id: 'default'}, undefined, {maxRetries: 0});
  const send = (event_type, data) => ws.send({id: String(events.length), event_type, data});
  ws.onopen = () => {
    send('chat.update', {
      output_audio: {codec: 'pcm', pcm_config: {sample_rate: 24000}},
      turn_detection: {type: 'server_vad'},
      input_audio: {format: 'pcm', codec: 'pcm', sample_rate: 48000},
    });
    if (name === 'text') send('conversation.message.create', {role: 'user', content_type: 'text', content: 'what can you do'});
    if (name === 'aloud') send('input_text.generate_audio', {mode: 'text', text: 'Dinner is ready.'});
  };
  ws.onerror = (error) => end({problem: String(error.data ? error.data.msg : error.message || error), events}, 1);
  ws.onmessage = (event) => {
    const {event_type, data} = event;
    if (events[events.length - 1] !== event_type) events.push(event_type);
    if (event_type === 'conversation.message.delta') text += data.content;
    if (event_type === 'conversation.audio.delta') bytes += Buffer.from(data.content, 'base64').length;
    const over = name === 'aloud' ? 'conversation.audio.completed' : 'conversation.chat.completed';
    if (event_type === over) end({text, audio_bytes: bytes, events}, 0);
  };
}

main().catch((problem) => end({problem: String(problem)}, 1));
