// Questions, answers and the image: what JavaScript calls besides rows.h, scan.h and graph.h (protocol: vectorKernel.ts).
#include "graph.h"

/// Takes the vector at the start of the input as the query.
EXPORT(ask) i32 ask() {
  const Extent extent = measure(input);
  if (extent.status == kOk) writeQuery(input, extent);
  return extent.status;
}

/// Starts an answer of the best `wanted` hits, `kMaxIds` at most; `flat`, `scan` and `search` offer rows to it.
EXPORT(begin) void begin(u32 wanted) { best.begin(wanted < kMaxIds ? wanted : kMaxIds); }

static float hitScores[kMaxIds];
static float hitErrors[kMaxIds];
EXPORT(hitScores) float* exportHitScores() { return hitScores; }
EXPORT(hitErrors) float* exportHitErrors() { return hitErrors; }

/// The number of hits, best first: ids, scores, and how far each score may be from that of the vectors themselves.
EXPORT(finish) u32 finish() {
  best.sort();
  for (u32 i = 0; i < best.count; i++) {
    const Hit& hit = best.hits[i];
    ids[i] = labelOf(hit.row);
    hitScores[i] = hit.score;
    hitErrors[i] = blockOf(hit.row).errors[within(hit.row)] + query.error;
  }
  return best.count;
}

/// Compares the query with rows far from each other, as a walk does, to learn what that costs here.
EXPORT(probe) float probe(u32 count) {
  float sum = 0;
  u32 position = 0;
  for (u32 i = 0; i < count && state.rows > 0; i++) {
    position = position * 1664525u + 1013904223u;
    sum += scoreOf(query, (u32)((u64)position * state.rows >> 32));
  }
  return sum;
}

EXPORT(count) u32 exportCount(u32 rows) { return countRows(rows); }
EXPORT(nodes) u32 exportNodes() { return state.nodes; }
EXPORT(ghosts) u32 exportGhosts() { return state.ghosts; }
EXPORT(comparisons) u32 exportComparisons() { return state.comparisons; }
EXPORT(maxError) float exportMaxError() { return state.maxError + query.error; }
EXPORT(heapTop) u32 exportHeapTop() { return state.heapTop; }

// The image is two ranges of memory: the store, and the heap up to `heapTop`.
EXPORT(storeStart) u32 storeStart() { return (u32)&store; }
EXPORT(storeBytes) u32 storeBytes() { return sizeof(Store); }
EXPORT(heapStart) u32 heapStart() { return alignUp((u32)&__heap_base, 64); }

/// After the ranges of an image have been put back. Its parameters have to be those that `init` would have been called with.
EXPORT(restored)
i32 restored(u32 dimensions, u32 prefix, u32 signs, u32 m, u32 efConstruction, u32 limitPages) {
  const State& s = state;
  const bool fits = s.dimensions == dimensions && s.stride == alignUp(dimensions, 64) &&
                    s.prefix == alignUp(prefix, 64) && s.signWords == (signs + 63) / 64 && s.m == m && s.efConstruction == efConstruction;
  const bool whole = s.heapTop <= __builtin_wasm_memory_size(0) * kPageBytes && s.blocks <= kMaxBlocks &&
                     s.blockRows == 1u << s.shift && s.rows <= s.blocks << s.shift && s.live <= s.rows && s.freeRanges <= kMaxRanges;
  if (!fits || !whole) return kInvalid;
  state.limitPages = limitPages;
  prepareRotation();
  return kOk;
}

/// 64 bits over memory whose start and length are multiples of 64: four lanes, as xxHash64 has them. Low half in `sumLow`.
static u32 sumLow;
EXPORT(sumLow) u32 exportSumLow() { return sumLow; }
EXPORT(checksum) u32 checksum(const u64* words, u32 bytes) {
  constexpr u64 prime1 = 0x9e3779b185ebca87ull, prime2 = 0xc2b2ae3d27d4eb4full;
  u64 lanes[4] = {prime1, prime2, 0, ~prime1};
  for (u32 i = 0; i < bytes / 8; i += 4)
    for (u32 lane = 0; lane < 4; lane++) {
      const u64 mixed = lanes[lane] + words[i + lane] * prime2;
      lanes[lane] = (mixed << 31 | mixed >> 33) * prime1;
    }
  u64 sum = bytes;
  for (u32 lane = 0; lane < 4; lane++) {
    sum = (sum ^ lanes[lane]) * prime1;
    sum ^= sum >> 29;
  }
  sumLow = (u32)sum;
  return (u32)(sum >> 32);
}
