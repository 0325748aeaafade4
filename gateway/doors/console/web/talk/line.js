// The connection to /v1/realtime (docs/protocol_realtime.md): events out and in, opened with a key of a minute.

const KEY_PROTOCOL = 'openai-insecure-api-key.';

export const toBase64 = (buffer) => {
  const bytes = new Uint8Array(buffer);
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
};
export const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;

// told(event): of the gateway. over(): the connection has ended, and nobody here wanted it.
export function openLine(key, { told, over }) {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(`${scheme}//${location.host}/v1/realtime?protocol=ga`, ['realtime', KEY_PROTOCOL + key]);
  let wanted = true;
  socket.onmessage = ({ data }) => {
    let event;
    try { event = JSON.parse(data); } catch { return; }
    if (wanted) told(event);
  };
  socket.onclose = () => { if (wanted) { wanted = false; over(); } };
  return {
    send(type, members = {}) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type, ...members }));
    },
    close() { wanted = false; socket.close(1000); },
  };
}
