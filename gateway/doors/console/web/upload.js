// Sends a firmware image piece by piece: what has arrived stays, so a lost connection or a closed page costs one
// piece. An image chosen again goes on where it was left.
import * as api from './api.js';
import { Sha256 } from './sha256.js';

const PIECE = 512 * 1024;
const TRIES = 5;
const KEPT = 'earshot.upload.';

const keep = (key, value) => { try { value ? localStorage.setItem(KEPT + key, value) : localStorage.removeItem(KEPT + key); } catch { /* then it begins anew */ } };
const kept = (key) => { try { return localStorage.getItem(KEPT + key); } catch { return null; } };
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const bytesOf = async (file, from, to) => new Uint8Array(await file.slice(from, to).arrayBuffer());

export async function checksum(file, told) {
  const sum = new Sha256();
  for (let at = 0; at < file.size; at += PIECE) {
    sum.update(await bytesOf(file, at, at + PIECE));
    told(Math.min(1, (at + PIECE) / file.size));
    await pause(0);  // the page stays alive
  }
  return sum.hex();
}

async function begin(file, facts, sha256) {
  const key = `${facts.board}.${facts.version}.${sha256}`;
  const before = kept(key);
  if (before) {
    try {
      const { offset } = await api.get(api.path('firmware', 'uploads', before));
      return { upload: before, offset, key };
    } catch (failure) { if (failure.status !== 404) throw failure; }
  }
  const begun = await api.post('/firmware/uploads', { ...facts, size_bytes: file.size, sha256, file_name: file.name });
  keep(key, begun.upload);
  return { upload: begun.upload, offset: begun.offset ?? 0, key };
}

// told(share, resumed): how much has arrived. RETURNS: the image. Throws what the last try ended with.
export async function upload(file, facts, { hashed = () => {}, told = () => {} } = {}) {
  const sha256 = await checksum(file, hashed);
  const { upload: id, offset, key } = await begin(file, facts, sha256);
  const path = api.path('firmware', 'uploads', id);
  let at = offset;
  let failures = 0;
  for (;;) {
    told(file.size === 0 ? 1 : at / file.size, offset > 0);
    try {
      const answer = await api.putBytes(`${path}?offset=${at}`, await bytesOf(file, at, at + PIECE));
      failures = 0;
      if (answer.image) { keep(key, null); told(1, offset > 0); return answer.image; }
      at = answer.offset;
    } catch (failure) {
      if (failure.status >= 400 && failure.status !== 409 && failure.status < 500) { keep(key, null); throw failure; }
      if (++failures >= TRIES) throw failure;
      await pause(500 * 2 ** failures);
      try { at = (await api.get(path)).offset; } catch { /* the next piece tells */ }
    }
  }
}
