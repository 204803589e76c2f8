// From base64 text to arrays. Nothing is fetched: the page holds all of it.

/** The bytes of base64 text. */
function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** The bytes of deflated (zlib) base64 text; needs a browser from 2023 or later. */
async function inflated(base64) {
  const deflated = new Blob([bytesOf(base64)]).stream();
  const stream = deflated.pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const NUMBERS = {
  int8: Int8Array, int16: Int16Array, int32: Int32Array, uint8: Uint8Array,
  float32: Float32Array, float64: Float64Array,
};

/** Numbers of a type, little end first, as all machines with browsers have them. */
function numbersOf(bytes, type) {
  return new NUMBERS[type](bytes.buffer, bytes.byteOffset, bytes.byteLength / NUMBERS[type].BYTES_PER_ELEMENT);
}

/** A list of texts from deflated JSON. */
async function textsOf(base64) {
  return JSON.parse(new TextDecoder().decode(await inflated(base64)));
}
