// Vectors as 8-bit codes and sign bits, and the products of them.
#pragma once
#include "base.h"

/// A query: 16-bit codes, so that only the rows' rounding counts; the signs of its components.
struct Query {
  alignas(64) i16 codes[kMaxDimensions];
  alignas(64) u64 signs[kMaxSignWords];
  alignas(64) u64 strong[kMaxSignWords]; // the half of the components with the larger magnitudes
  float scale;
  float error; // length of (unit vector - code * scale)
};

/// What JavaScript writes vectors into; whole rows follow each other without gaps.
alignas(64) static float input[kMaxBatch * kMaxDimensions];
static Query query;

static inline float larger(float a, float b) { return a > b ? a : b; }
static inline float smaller(float a, float b) { return a < b ? a : b; }
static inline float horizontalAdd(v128_t v) {
  return wasm_f32x4_extract_lane(v, 0) + wasm_f32x4_extract_lane(v, 1) + wasm_f32x4_extract_lane(v, 2) +
         wasm_f32x4_extract_lane(v, 3);
}
static inline i32 horizontalAddInt(v128_t v) {
  return wasm_i32x4_extract_lane(v, 0) + wasm_i32x4_extract_lane(v, 1) + wasm_i32x4_extract_lane(v, 2) +
         wasm_i32x4_extract_lane(v, 3);
}

/// Whether a vector is finite and not zero, and what makes its length 1.
struct Extent {
  Status status;
  float toUnit;
};

static Extent measure(float* x) {
  const u32 whole = state.dimensions & ~3u;
  for (;;) {
    v128_t sums = wasm_f32x4_splat(0), poison = wasm_f32x4_splat(0);
    for (u32 i = 0; i < whole; i += 4) {
      const v128_t v = wasm_v128_load(x + i);
      sums = wasm_f32x4_add(sums, wasm_f32x4_mul(v, v));
      poison = wasm_f32x4_add(poison, wasm_f32x4_mul(v, wasm_f32x4_splat(0)));
    }
    float sum = horizontalAdd(sums), bad = horizontalAdd(poison);
    for (u32 i = whole; i < state.dimensions; i++) {
      sum += x[i] * x[i];
      bad += x[i] * 0;
    }
    if (!(bad == 0)) return {kNotFinite, 0};
    if (sum > 1e-20f && sum < 1e30f) return {kOk, 1 / __builtin_sqrtf(sum)};
    // Squares that overflow or vanish: divided by the largest magnitude they do not.
    float max = 0;
    for (u32 i = 0; i < state.dimensions; i++) max = larger(max, __builtin_fabsf(x[i]));
    if (max == 0) return {kZero, 0};
    for (u32 i = 0; i < state.dimensions; i++) x[i] /= max;
  }
}

/// A vector at unit length, rotated, zeros behind its end.
alignas(64) static float turned[kMaxDimensions];

static inline float randomSign(u32 seed) {
  u32 bits = seed * 0x9e3779b1u;
  bits ^= bits >> 15;
  bits *= 0x85ebca77u;
  return (bits >> 31) ? -1.0f : 1.0f;
}

/// Signs of the rotation's two steps, times what keeps the length in the transform that follows.
alignas(64) static float flips[2][kMaxDimensions];

/// Walsh-Hadamard transform of 2^k >= 64 components, in place, not scaled.
static void hadamard(float* x, u32 count) {
  const v128_t odd = wasm_f32x4_make(1, -1, 1, -1), upper = wasm_f32x4_make(1, 1, -1, -1);
  for (u32 i = 0; i < count; i += 4) {
    v128_t v = wasm_v128_load(x + i);
    v = wasm_f32x4_add(wasm_i32x4_shuffle(v, v, 1, 0, 3, 2), wasm_f32x4_mul(v, odd));
    v = wasm_f32x4_add(wasm_i32x4_shuffle(v, v, 2, 3, 0, 1), wasm_f32x4_mul(v, upper));
    wasm_v128_store(x + i, v);
  }
  u32 half = 4;
  // Two steps at a time: half the loads and stores.
  for (; half * 4 <= count; half *= 4)
    for (u32 i = 0; i < count; i += 4 * half)
      for (u32 j = i; j < i + half; j += 4) {
        const v128_t a = wasm_v128_load(x + j), b = wasm_v128_load(x + j + half);
        const v128_t c = wasm_v128_load(x + j + 2 * half), d = wasm_v128_load(x + j + 3 * half);
        const v128_t ab = wasm_f32x4_add(a, b), a_b = wasm_f32x4_sub(a, b);
        const v128_t cd = wasm_f32x4_add(c, d), c_d = wasm_f32x4_sub(c, d);
        wasm_v128_store(x + j, wasm_f32x4_add(ab, cd));
        wasm_v128_store(x + j + half, wasm_f32x4_add(a_b, c_d));
        wasm_v128_store(x + j + 2 * half, wasm_f32x4_sub(ab, cd));
        wasm_v128_store(x + j + 3 * half, wasm_f32x4_sub(a_b, c_d));
      }
  if (half < count)
    for (u32 j = 0; j < half; j += 4) {
      const v128_t a = wasm_v128_load(x + j), b = wasm_v128_load(x + j + half);
      wasm_v128_store(x + j, wasm_f32x4_add(a, b));
      wasm_v128_store(x + j + half, wasm_f32x4_sub(a, b));
    }
}

static inline void multiply(float* x, const float* by, u32 count) {
  for (u32 i = 0; i < count; i += 4)
    wasm_v128_store(x + i, wasm_f32x4_mul(wasm_v128_load(x + i), wasm_v128_load(by + i)));
}

static inline u32 powerWithin(u32 count) { return 1u << (31 - __builtin_clz(count)); }

/// The parts that are rotated each in itself: the prefix, in which the filter's components are, and the rest.
struct Part {
  u32 start, count;
};
static inline Part partOf(u32 index) {
  return index == 0 ? Part{0, state.prefix} : Part{state.prefix, state.stride - state.prefix};
}

static void prepareRotation() {
  for (u32 p = 0; p < 2; p++) {
    const Part part = partOf(p);
    if (part.count == 0) continue;
    const u32 power = powerWithin(part.count);
    const float scale = 1 / __builtin_sqrtf((float)power);
    for (u32 step = 0; step < 2; step++)
      for (u32 i = 0; i < power; i++) flips[step][part.start + i] = randomSign((step << 16) + part.start + i) * scale;
  }
}

/// A fixed random rotation: signs, transform of the first 2^k components, signs, transform of the last 2^k. Spreads what is
/// strong in few components over all: rounding errors shrink and signs tell more (ARCHITECTURE.md).
static void rotate(float* x) {
  for (u32 p = 0; p < 2; p++) {
    const Part part = partOf(p);
    if (part.count == 0) continue;
    const u32 power = powerWithin(part.count);
    float* const first = x + part.start;
    float* const last = first + part.count - power;
    multiply(first, flips[0] + part.start, power);
    hadamard(first, power);
    if (first == last) continue;
    multiply(last, flips[1] + part.start, power);
    hadamard(last, power);
  }
}

/// The way back: each step is its own inverse but for the order.
static void unrotate(float* x) {
  for (u32 p = 0; p < 2; p++) {
    const Part part = partOf(p);
    if (part.count == 0) continue;
    const u32 power = powerWithin(part.count);
    float* const first = x + part.start;
    float* const last = first + part.count - power;
    if (first != last) {
      hadamard(last, power);
      multiply(last, flips[1] + part.start, power);
    }
    hadamard(first, power);
    multiply(first, flips[0] + part.start, power);
  }
}

static void turn(const float* x, const Extent& extent) {
  for (u32 i = 0; i < state.dimensions; i++) turned[i] = x[i] * extent.toUnit;
  for (u32 i = state.dimensions; i < state.stride; i++) turned[i] = 0;
  rotate(turned);
}

static float largest(const float* x) {
  v128_t maxima = wasm_f32x4_splat(0);
  for (u32 i = 0; i < state.stride; i += 4) maxima = wasm_f32x4_pmax(maxima, wasm_f32x4_abs(wasm_v128_load(x + i)));
  float max = 0;
  for (u32 i = 0; i < 4; i++) max = larger(max, ((const float*)&maxima)[i]);
  return max;
}

/// Writes one row. `x` has passed `measure`.
static void writeRow(u32 row, const float* x, const Extent& extent) {
  Block& block = blockOf(row);
  const u32 at = within(row);
  i8* const codes = block.codes + at * state.stride;
  turn(x, extent);
  const float max = largest(turned);
  const v128_t factor = wasm_f32x4_splat(127 / max);
  v128_t errors = wasm_f32x4_splat(0);
  for (u32 i = 0; i < state.stride; i += 16) {
    v128_t parts[4];
    for (u32 p = 0; p < 4; p++) {
      const v128_t exact = wasm_f32x4_mul(wasm_v128_load(turned + i + p * 4), factor);
      const v128_t rounded = wasm_f32x4_nearest(exact);
      const v128_t error = wasm_f32x4_sub(exact, rounded);
      errors = wasm_f32x4_add(errors, wasm_f32x4_mul(error, error));
      parts[p] = wasm_i32x4_trunc_sat_f32x4(rounded);
    }
    const v128_t low = wasm_i16x8_narrow_i32x4(parts[0], parts[1]);
    const v128_t high = wasm_i16x8_narrow_i32x4(parts[2], parts[3]);
    wasm_v128_store(codes + i, wasm_i8x16_narrow_i16x8(low, high));
  }
  const float scale = max / 127;
  block.scales[at] = scale;
  // A little more than computed: the bound has to hold whatever the sums were rounded to.
  const float error = __builtin_sqrtf(horizontalAdd(errors)) * scale * 1.0001f + 2e-6f;
  block.errors[at] = error;
  state.maxError = larger(state.maxError, error);
  u64* const signs = block.signs + at * state.signWords;
  const v128_t zero = wasm_i8x16_splat(0);
  for (u32 w = 0; w < state.signWords; w++) {
    u64 bits = 0;
    for (u32 part = 0; part < 4; part++) {
      const v128_t v = wasm_v128_load(codes + w * 64 + part * 16);
      bits |= (u64)wasm_i8x16_bitmask(wasm_i8x16_gt(v, zero)) << (part * 16);
    }
    signs[w] = bits;
  }
}

/// Largest factor for which no sum of products can overflow: |row codes| <= 127 sqrt(d), |query| = 1 (Cauchy-Schwarz).
static float largestQueryFactor() { return 2.0e9f / (127 * __builtin_sqrtf((float)state.stride)); }

static inline i32 magnitude(i16 code) { return code < 0 ? -code : code; }

/// Signs of the components the filter looks at, and which of them are strong: the half with the larger magnitudes. Signs of
/// weak components say little about a product, but would count as much: without them, 0.4 times as many rows have to pass for
/// the same recall (measured, text and short questions).
static void writeSigns(Query& q, u32 shift) {
  u32 counts[256] = {};
  const u32 count = state.signWords * 64;
  for (u32 i = 0; i < count; i++) counts[magnitude(q.codes[i]) >> shift]++;
  u32 sum = 0, bucket = 0;
  while (sum + counts[bucket] <= count / 2) sum += counts[bucket++];
  // All about equal and below the middle of their bucket: then all of the bucket are strong.
  const u32 above = count - sum - counts[bucket];
  const i32 least = above * 4 < count ? (i32)bucket << shift : (i32)(bucket + 1) << shift;
  for (u32 w = 0; w < state.signWords; w++) {
    u64 bits = 0, strong = 0;
    for (u32 bit = 0; bit < 64; bit++) {
      const i16 code = q.codes[w * 64 + bit];
      bits |= (u64)(code > 0) << bit;
      strong |= (u64)(magnitude(code) >= least) << bit;
    }
    q.signs[w] = bits;
    q.strong[w] = strong;
  }
}

static void writeQuery(const float* x, const Extent& extent) {
  turn(x, extent);
  const float factor = smaller(32767 / largest(turned), largestQueryFactor());
  float error = 0;
  for (u32 i = 0; i < state.stride; i++) {
    const float exact = turned[i] * factor;
    const float rounded = __builtin_rintf(exact);
    error += (exact - rounded) * (exact - rounded);
    query.codes[i] = (i16)rounded;
  }
  query.scale = 1 / factor;
  query.error = __builtin_sqrtf(error) / factor * 1.0001f + 2e-6f;
  writeSigns(query, 7);
}

static inline void widen(const i8* codes, i16* wide) {
  for (u32 i = 0; i < state.stride; i += 8) wasm_v128_store(wide + i, wasm_i16x8_load8x8(codes + i));
}

static inline i32 dot(const i16* wide, const i8* codes, u32 stride) {
  v128_t even = wasm_i32x4_splat(0), odd = even;
  for (u32 i = 0; i < stride; i += 16) {
    even = wasm_i32x4_add(even, wasm_i32x4_dot_i16x8(wasm_v128_load(wide + i), wasm_i16x8_load8x8(codes + i)));
    odd = wasm_i32x4_add(odd, wasm_i32x4_dot_i16x8(wasm_v128_load(wide + i + 8), wasm_i16x8_load8x8(codes + i + 8)));
  }
  return horizontalAddInt(wasm_i32x4_add(even, odd));
}

static inline float scoreOf(const Query& q, u32 row) {
  return (float)dot(q.codes, codesOf(row), state.stride) * q.scale * scaleOf(row);
}

static inline bool sameCodes(const i8* a, const i8* b) {
  for (u32 i = 0; i < state.stride; i += 16)
    if (wasm_v128_any_true(wasm_v128_xor(wasm_v128_load(a + i), wasm_v128_load(b + i)))) return false;
  return true;
}
