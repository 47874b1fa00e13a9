// Pooling of the embedded model: the weighted sum of a text's token rows, at unit length (protocol: poolingKernel.ts).
// Integers where it matters: the sum does not depend on the order of its terms, so every machine gives the same bytes.
#include <wasm_simd128.h>

typedef __INT8_TYPE__ i8;
typedef __UINT8_TYPE__ u8;
typedef __INT32_TYPE__ i32;
typedef __UINT32_TYPE__ u32;

#define EXPORT(name) __attribute__((export_name(#name)))

extern "C" u8 __heap_base;

constexpr u32 kPageBytes = 65536;
/// Components that one pass over the rows adds up: their sums stay in registers.
constexpr u32 kStep = 32;
/// Weights are 16-bit integers; together at most this, so that no sum of weight times component (-128..127) overflows.
constexpr float kMaxWeight = 32767.0f;
constexpr float kMaxWeightSum = 16700000.0f;

struct Model {
  u32 dimensions, bits, rowBytes;
  u8* rows;
  float* scales[2];  // of documents, of queries
  double* counts;    // one per row; zero between texts
  u32* touched;      // rows of the text, one more than there are rows
  i32* weights;      // likewise
  float* vector;
};
static Model model;

static inline u32 alignUp(u32 value) { return (value + 63) & ~63u; }

/// Of two rows, 32 components each: products with their weights are added to eight sums of four.
static inline void addPair(v128_t* sums, v128_t weights, const v128_t* a, const v128_t* b) {
#pragma unroll
  for (int half = 0; half < 2; half++) {
    const v128_t low = wasm_i8x16_shuffle(a[half], b[half], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const v128_t high = wasm_i8x16_shuffle(a[half], b[half], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128_t* sum = sums + 4 * half;
    sum[0] = wasm_i32x4_add(sum[0], wasm_i32x4_dot_i16x8(weights, wasm_i16x8_extend_low_i8x16(low)));
    sum[1] = wasm_i32x4_add(sum[1], wasm_i32x4_dot_i16x8(weights, wasm_i16x8_extend_high_i8x16(low)));
    sum[2] = wasm_i32x4_add(sum[2], wasm_i32x4_dot_i16x8(weights, wasm_i16x8_extend_low_i8x16(high)));
    sum[3] = wasm_i32x4_add(sum[3], wasm_i32x4_dot_i16x8(weights, wasm_i16x8_extend_high_i8x16(high)));
  }
}

/// 32 components of a row from component `at` on.
template <u32 bits> static inline void load(v128_t* into, u32 row, u32 at) {
  const u8* start = model.rows + row * model.rowBytes;
  if constexpr (bits == 8) {
    into[0] = wasm_v128_load(start + at);
    into[1] = wasm_v128_load(start + at + 16);
  } else {
    // Two signed nibbles a byte, the even component in the low one.
    const v128_t packed = wasm_v128_load(start + at / 2);
    const v128_t even = wasm_i8x16_shr(wasm_i8x16_shl(packed, 4), 4);
    const v128_t odd = wasm_i8x16_shr(packed, 4);
    into[0] = wasm_i8x16_shuffle(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    into[1] = wasm_i8x16_shuffle(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  }
}

template <u32 bits> static void sumRows(u32 pairs) {
  for (u32 at = 0; at < model.dimensions; at += kStep) {
    v128_t sums[8];
    for (v128_t& sum : sums) sum = wasm_i32x4_splat(0);
    for (u32 i = 0; i < 2 * pairs; i += 2) {
      v128_t a[2], b[2];
      load<bits>(a, model.touched[i], at);
      load<bits>(b, model.touched[i + 1], at);
      addPair(sums, wasm_i32x4_splat((model.weights[i] & 0xffff) | (model.weights[i + 1] << 16)), a, b);
    }
    for (u32 i = 0; i < 8; i++) wasm_v128_store(model.vector + at + 4 * i, wasm_f32x4_convert_i32x4(sums[i]));
  }
}

/// sqrt(count) * scale of each row of the text as an integer, the largest 32,767; clears the counts.
static void weigh(u32 count, const float* scales) {
  float* exact = (float*)model.weights;
  float largest = 0, sum = 0;
  for (u32 i = 0; i < count; i++) {
    const u32 row = model.touched[i];
    exact[i] = (float)(__builtin_sqrt(model.counts[row]) * (double)scales[row]);
    model.counts[row] = 0;
    const float size = exact[i] < 0 ? -exact[i] : exact[i];
    if (size > largest) largest = size;
    sum += size;
  }
  float unit = largest > 0 ? kMaxWeight / largest : 0;
  if (unit * sum > kMaxWeightSum) unit = kMaxWeightSum / sum;
  for (u32 i = 0; i < count; i++) model.weights[i] = (i32)(exact[i] * unit + (exact[i] < 0 ? -0.5f : 0.5f));
  model.touched[count] = 0;
  model.weights[count] = 0;
}

/// False: it has no direction.
static bool scaleToUnit() {
  double sums[4] = {};
  for (u32 i = 0; i < model.dimensions; i += 4)
    for (u32 j = 0; j < 4; j++) sums[j] += (double)model.vector[i + j] * (double)model.vector[i + j];
  const double length = __builtin_sqrt((sums[0] + sums[1]) + (sums[2] + sums[3]));
  if (!(length > 0)) return false;
  const float factor = (float)(1 / length);
  for (u32 i = 0; i < model.dimensions; i++) model.vector[i] *= factor;
  return true;
}

extern "C" {

/// Makes room for a model; 0: there is no memory for it. `dimensions`: a multiple of 32; `bits`: 8 or 4. Called once.
EXPORT(layout) i32 layout(u32 rows, u32 dimensions, u32 bits) {
  const u32 rowBytes = dimensions * bits / 8;
  u32 top = alignUp((u32)&__heap_base);
  auto take = [&top](u32 bytes) { const u32 start = top; top = alignUp(top + bytes); return start; };
  model.dimensions = dimensions;
  model.bits = bits;
  model.rowBytes = rowBytes;
  model.rows = (u8*)take(rows * rowBytes);
  for (float*& scales : model.scales) scales = (float*)take(rows * sizeof(float));
  model.counts = (double*)take(rows * sizeof(double));
  model.touched = (u32*)take((rows + 1) * sizeof(u32));
  model.weights = (i32*)take((rows + 1) * sizeof(i32));
  model.vector = (float*)take(dimensions * sizeof(float));
  const u32 pages = (top + kPageBytes - 1) / kPageBytes, have = __builtin_wasm_memory_size(0);
  return pages <= have || __builtin_wasm_memory_grow(0, pages - have) != (u32)-1;
}

EXPORT(rows) u32 rows() { return (u32)model.rows; }
EXPORT(documentScales) u32 documentScales() { return (u32)model.scales[0]; }
EXPORT(queryScales) u32 queryScales() { return (u32)model.scales[1]; }
EXPORT(counts) u32 counts() { return (u32)model.counts; }
EXPORT(touched) u32 touched() { return (u32)model.touched; }
EXPORT(vector) u32 vector() { return (u32)model.vector; }

/// The vector of the first `count` rows of `touched`, each once, with their `counts`. 0: it has no direction.
EXPORT(pool) i32 pool(u32 count, u32 isQuery) {
  weigh(count, model.scales[isQuery]);
  const u32 pairs = (count + 1) / 2;
  if (model.bits == 8) sumRows<8>(pairs); else sumRows<4>(pairs);
  return scaleToUnit();
}

}  // extern "C"
