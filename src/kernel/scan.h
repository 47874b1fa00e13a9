// Comparing the query with every row: all 8-bit codes, or only those of rows whose signs are near the query's.
#pragma once
#include "select.h"

/// Which rows a search looks at.
enum Rows : u32 { kAllRows = 0, kAllowedOnly = 1, kUngraphedOnly = 2 };

static inline u64 wordOf(const Block& block, u32 word, u32 rows) {
  u64 bits = block.alive[word];
  if (rows & kAllowedOnly) bits &= block.allowed[word];
  if (rows & kUngraphedOnly && block.links != 0) bits &= ~block.graphed[word];
  return bits;
}

template <typename Visit> static inline void forEachRow(u32 rows, Visit visit) {
  const u32 words = state.blockRows / 64;
  for (u32 b = 0; b < state.blocks; b++)
    for (u32 word = 0; word < words; word++)
      for (u64 bits = wordOf(blocks[b], word, rows); bits != 0; bits &= bits - 1)
        visit(blocks[b], (b << state.shift) | word << 6 | (u32)__builtin_ctzll(bits), word << 6 | (u32)__builtin_ctzll(bits));
}

static u32 countRows(u32 rows) {
  if (rows == kAllRows) return state.live;
  u32 count = 0;
  const u32 words = state.blockRows / 64;
  for (u32 b = 0; b < state.blocks; b++)
    for (u32 word = 0; word < words; word++) count += (u32)__builtin_popcountll(wordOf(blocks[b], word, rows));
  return count;
}

/// Offers every row. O(rows * dimensions).
EXPORT(flat) void flat(u32 rows) {
  const float factor = query.scale;
  forEachRow(rows, [&](const Block& block, u32 row, u32 at) {
    const i32 product = dot(query.codes, block.codes + at * state.stride, state.stride);
    best.offer((float)product * factor * block.scales[at], row);
  });
}

/// Rows that may pass the sign filter. Distance: number of the query's strong components whose sign is another one.
constexpr u32 kCandidates = 1u << 15;
struct Candidate {
  u32 row;
  u32 distance;
};
static Candidate candidates[kCandidates + 64];
static u32 candidateCount;
static bool isCrowded;
constexpr u32 kSamples = 1024;
static u32 histogram[kMaxSignWords * 64 + 1];

/// W: words per row.
template <u32 W> static inline u32 distanceOf(const u64* signs, const u64* wanted, const u64* strong) {
  u64 sum = 0;
#pragma clang loop unroll(full)
  for (u32 w = 0; w < W; w++) sum += (u64)__builtin_popcountll((signs[w] ^ wanted[w]) & strong[w]);
  return (u32)sum;
}

static inline u32 distanceTo(const Query& q, const u64* signs) {
  switch (state.signWords) {
    case 4: return distanceOf<4>(signs, q.signs, q.strong);
    case 6: return distanceOf<6>(signs, q.signs, q.strong);
    case 8: return distanceOf<8>(signs, q.signs, q.strong);
  }
  u32 sum = 0;
  for (u32 w = 0; w < state.signWords; w++) sum += distanceOf<1>(signs + w, q.signs + w, q.strong + w);
  return sum;
}

/// Smallest distance within which about `wanted` of `total` rows lie, by a sample.
static u32 sampleLimit(u32 rows, u32 total, u32 wanted) {
  __builtin_memset(histogram, 0, sizeof histogram);
  const u32 words = state.blocks << state.shift >> 6;
  const u32 perBlock = state.blockRows / 64;
  const u32 targetWords = kSamples / 16;
  const u32 step = words / targetWords + 1;
  u32 seen = 0;
  for (u32 w = 0; w < words; w += step) {
    const Block& block = blocks[w / perBlock];
    const u32 word = w % perBlock;
    // At most 16 rows of each word: rows beside each other are often alike.
    u64 bits = wordOf(block, word, rows);
    for (u32 taken = 0; bits != 0 && taken < 16; bits &= bits - 1, taken++) {
      const u32 at = word << 6 | (u32)__builtin_ctzll(bits);
      histogram[distanceTo(query, block.signs + at * state.signWords)]++;
      seen++;
    }
  }
  // A little more than asked for: too few means a second pass.
  const u32 quota = (u32)((u64)seen * wanted / total) + 4;
  u32 sum = 0;
  for (u32 distance = 0; distance <= state.signWords * 64; distance++) {
    sum += histogram[distance];
    if (sum >= quota) return distance;
  }
  return state.signWords * 64;
}

/// Keeps about the nearest `wanted` candidates; the distance that they are within.
static u32 thin(u32 wanted, u32 limit) {
  __builtin_memset(histogram, 0, (limit + 1) * 4);
  for (u32 i = 0; i < candidateCount; i++) histogram[candidates[i].distance]++;
  u32 sum = 0, within = 0;
  for (; within < limit; within++) {
    sum += histogram[within];
    if (sum >= wanted) break;
  }
  // Signs do not tell those at the border apart. When they are more than there is room for, the filter is of no use.
  u32 room = kCandidates / 2, kept = 0;
  for (u32 i = 0; i < candidateCount; i++) {
    const Candidate candidate = candidates[i];
    if (candidate.distance > within) continue;
    if (candidate.distance == within && room-- == 0) {
      isCrowded = true;
      break;
    }
    candidates[kept++] = candidate;
  }
  candidateCount = kept;
  return within;
}

/// Collects the rows within `limit`, or somewhat less when they are very many.
template <u32 W> static void collect(u32 rows, u32 wanted, u32 limit) {
  const u32 words = state.blockRows / 64;
  u64 signs[W], strong[W];
  for (u32 w = 0; w < W; w++) {
    signs[w] = query.signs[w];
    strong[w] = query.strong[w];
  }
  candidateCount = 0;
  for (u32 b = 0; b < state.blocks; b++) {
    const Block& block = blocks[b];
    for (u32 word = 0; word < words; word++) {
      u64 bits = wordOf(block, word, rows);
      if (bits == 0) continue;
      if (candidateCount > kCandidates) limit = thin(wanted, limit);
      if (isCrowded) return;
      const u32 first = (b << state.shift) | word << 6;
      const u64* row = block.signs + (word << 6) * W;
      u32 count = candidateCount;
      if (bits == ~0ull) {
        for (u32 i = 0; i < 64; i++, row += W) {
          const u32 distance = distanceOf<W>(row, signs, strong);
          if (distance <= limit) candidates[count++] = {first + i, distance};
        }
      } else {
        for (; bits != 0; bits &= bits - 1) {
          const u32 i = (u32)__builtin_ctzll(bits);
          const u32 distance = distanceOf<W>(row + i * W, signs, strong);
          if (distance <= limit) candidates[count++] = {first + i, distance};
        }
      }
      candidateCount = count;
    }
  }
}

/// Offers the rows whose signs are nearest to the query's, about `wanted` of them or somewhat more; how many.
EXPORT(scan) u32 scan(u32 rows, u32 wanted) {
  const u32 total = countRows(rows);
  if (wanted > kCandidates / 4) wanted = kCandidates / 4;
  if (total <= wanted * 2) {
    flat(rows);
    return total;
  }
  const u32 most = state.signWords * 64;
  u32 limit = sampleLimit(rows, total, wanted);
  isCrowded = false;
  for (;;) {
    switch (state.signWords) {
      case 1: collect<1>(rows, wanted, limit); break;
      case 2: collect<2>(rows, wanted, limit); break;
      case 3: collect<3>(rows, wanted, limit); break;
      case 4: collect<4>(rows, wanted, limit); break;
      case 5: collect<5>(rows, wanted, limit); break;
      case 6: collect<6>(rows, wanted, limit); break;
      case 7: collect<7>(rows, wanted, limit); break;
      default: collect<8>(rows, wanted, limit);
    }
    // The sample erred on the low side.
    if (isCrowded || candidateCount * 8 >= wanted * 7 || limit >= most) break;
    limit += most / 64 + 1;
    if (limit > most) limit = most;
  }
  if (candidateCount > wanted * 3 / 2) thin(wanted, most);
  if (isCrowded) {
    flat(rows);
    return total;
  }
  for (u32 i = 0; i < candidateCount; i++) best.offer(scoreOf(query, candidates[i].row), candidates[i].row);
  return candidateCount;
}
