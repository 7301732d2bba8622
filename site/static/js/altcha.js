// Finds the answer to a sum of ALTCHA (version 2, PBKDF2): the number whose derived key begins as the sum says.
// By the browser's own cryptography, away from the main thread, so that typing goes on.

const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
const hexadecimal = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Returns the proof, as the form sends it. Throws where the browser has no cryptography (no TLS). */
export async function prove(challenge) {
  const { nonce, salt, cost, keyLength, keyPrefix, algorithm } = challenge.parameters;
  const kind = { name: "PBKDF2", hash: algorithm.split("/")[1], salt: bytes(salt), iterations: cost };
  const password = new Uint8Array(nonce.length / 2 + 4);
  password.set(bytes(nonce));
  const view = new DataView(password.buffer);
  for (let counter = 0; ; counter += 1) {
    view.setUint32(nonce.length / 2, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hexadecimal(await crypto.subtle.deriveBits(kind, key, keyLength * 8));
    if (derivedKey.startsWith(keyPrefix)) {
      return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
    }
  }
}
