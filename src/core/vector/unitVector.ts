import { AppError } from '../../protocol/errors.ts';

/** Squared lengths this close to 1 count as unit length: rounding in float32, far below any difference between scores. */
const unitTolerance = 1e-6;

/**
 * The vector at unit length: itself when it already is, else a scaled copy.
 * Throws AppError `VectorDimension` or `VectorNotFinite` (a component is NaN or infinite, or all are zero).
 */
export function toUnitVector(vector: Float32Array, dimensions: number): Float32Array {
  if (vector.length !== dimensions) {
    throw new AppError(
      'VectorDimension',
      `A vector of ${vector.length} dimensions does not fit an index of ${dimensions}. ` +
        'Check the model and its dimensions setting, then rebuild the index.',
      { data: { expected: dimensions, actual: vector.length } },
    );
  }
  let squared = 0;
  for (const component of vector) squared += component * component;
  if (!Number.isFinite(squared) || squared === 0) {
    throw new AppError(
      'VectorNotFinite',
      squared === 0
        ? 'A vector is zero and has no direction. The embedding model or its server is at fault.'
        : 'A vector contains NaN or infinity. The embedding model or its server is at fault.',
      { data: { dimensions } },
    );
  }
  if (Math.abs(squared - 1) <= unitTolerance) return vector;
  const scale = 1 / Math.sqrt(squared);
  return vector.map((component) => component * scale);
}
