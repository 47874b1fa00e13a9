// Types, the state of the index and the memory it lives in. One module instance holds one shard of one index.
#pragma once
#include <wasm_simd128.h>

typedef __INT8_TYPE__ i8;
typedef __UINT8_TYPE__ u8;
typedef __INT16_TYPE__ i16;
typedef __UINT16_TYPE__ u16;
typedef __INT32_TYPE__ i32;
typedef __UINT32_TYPE__ u32;
typedef __INT64_TYPE__ i64;
typedef __UINT64_TYPE__ u64;

#define EXPORT(name) __attribute__((export_name(#name)))

constexpr u32 kNone = 0xffffffffu;
constexpr u32 kMaxDimensions = 4096;
/// More signs cost more than they tell.
constexpr u32 kMaxSignWords = 8;
/// 4 GB of blocks of at least 1 MB.
constexpr u32 kMaxBlocks = 4096;
constexpr u32 kBlockBytes = 1u << 20;
/// Rows one call of `add` takes at most, and ids one call of `allow`, `listIds` or a search gives at most.
constexpr u32 kMaxBatch = 64;
constexpr u32 kMaxIds = 8192;
constexpr u32 kMaxLinks = 128;
constexpr u32 kMaxEf = 4096;
constexpr u32 kMaxLevel = 15;

/// What functions answer besides counts.
enum Status : i32 { kOk = 0, kNotFinite = -1, kZero = -2, kFull = -3, kInvalid = -4 };

/// Rows come in blocks: growing never copies, and a row's number never changes. Arrays have one entry per row.
struct Block {
  i8* codes;      // stride bytes per row: round(127 x / max|x|), zeros behind the last dimension
  u64* signs;     // signWords per row: bit set where the code is above zero
  float* scales;  // unit vector ~ code * scale
  float* errors;  // length of (unit vector - code * scale)
  double* labels; // id; in a free row the bits of the next free row
  u64* alive;     // one bit per row
  u64* allowed;   // the filter of the current search
  // Of the graph; zero until it reaches the block.
  u32* links;     // 1 + 2m words per row: count, neighbours on the lowest level
  u32* upper;     // address of the links of the levels above, 0: none
  u32* twins;     // next row with the same codes, + 1
  u64* graphed;   // one bit per row: node or twin
  u64* visited;   // one bit per row, clear between searches
};

struct State {
  u32 dimensions, stride;
  u32 prefix;     // components that are rotated apart from the rest
  u32 signWords;  // of the first components' signs
  u32 shift, blockRows, blocks;
  u32 rows;       // numbers given out so far
  u32 live;
  u32 freeHead;
  float maxError; // of any row there ever was
  u32 hashBits;
  u32* hash;      // row + 1; 0: empty
  u32 heapTop, limitPages, freeRanges;
  // Graph
  u32 m, efConstruction;
  u32 nodes;      // rows the graph holds, twins and removed ones included
  u32 ghosts;     // of those, removed
  u32 entry;
  i32 top;        // highest level, -1: empty
  u32 cursor;     // place in the order of insertion
  u32 upperPage, upperUsed;
  u32 comparisons; // of the last graph search
};

struct Range { u32 start, bytes; };
constexpr u32 kMaxRanges = 64;
constexpr u32 kMaxUpperPages = 4096;
constexpr u32 kUpperPageBytes = 1u << 18;

/// All that lasts besides what it points to: with the memory behind `__heap_base` it is the image of an index.
struct alignas(64) Store {
  State state;
  Range freeRanges[kMaxRanges];
  u32 upperPages[kMaxUpperPages];
  Block blocks[kMaxBlocks];
};
static_assert(sizeof(Store) % 64 == 0, "the checksum reads whole lines");
static Store store;
static constexpr State& state = store.state;
static constexpr auto& freeRanges = store.freeRanges;
static constexpr auto& upperPages = store.upperPages;
static constexpr auto& blocks = store.blocks;

extern "C" u8 __heap_base;

constexpr u32 kPageBytes = 65536;

static inline u32 alignUp(u32 value, u32 to) { return (value + to - 1) & ~(to - 1); }

/// Zeroed memory on a cache line, 0 when the limit is reached. What was given back is used again first.
static u32 allocate(u32 bytes) {
  bytes = alignUp(bytes, 64);
  for (u32 i = 0; i < state.freeRanges; i++) {
    Range& range = freeRanges[i];
    if (range.bytes < bytes) continue;
    const u32 start = range.start;
    range.start += bytes;
    range.bytes -= bytes;
    if (range.bytes == 0) range = freeRanges[--state.freeRanges];
    __builtin_memset((void*)start, 0, bytes);
    return start;
  }
  const u64 end = (u64)state.heapTop + bytes;
  const u64 pages = (end + kPageBytes - 1) / kPageBytes;
  if (pages > state.limitPages) return 0;
  const u32 have = __builtin_wasm_memory_size(0);
  if (pages > have && __builtin_wasm_memory_grow(0, pages - have) == (u32)-1) return 0;
  const u32 start = state.heapTop;
  state.heapTop = (u32)end;
  return start;
}

/// A range that finds no place in the table is lost until the index is rebuilt; tables of ids double, so there are few.
static void release(u32 start, u32 bytes) {
  if (start != 0 && state.freeRanges < kMaxRanges) freeRanges[state.freeRanges++] = {start, alignUp(bytes, 64)};
}

static inline Block& blockOf(u32 row) { return blocks[row >> state.shift]; }
static inline u32 within(u32 row) { return row & (state.blockRows - 1); }
static inline const i8* codesOf(u32 row) { return blockOf(row).codes + within(row) * state.stride; }
static inline float scaleOf(u32 row) { return blockOf(row).scales[within(row)]; }
static inline bool bitOf(const u64* bits, u32 at) { return bits[at >> 6] >> (at & 63) & 1; }
static inline void setBit(u64* bits, u32 at) { bits[at >> 6] |= 1ull << (at & 63); }
static inline void clearBit(u64* bits, u32 at) { bits[at >> 6] &= ~(1ull << (at & 63)); }
