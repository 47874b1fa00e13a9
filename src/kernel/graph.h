// A hierarchical navigable small world graph over the rows' codes (Malkov and Yashunin, 2018, arXiv:1603.09320).
#pragma once
#include "scan.h"

/// Score and row as one number that sorts by score: order-preserving bits of the score, row, whether its links were followed.
typedef u64 Key;
constexpr Key kDone = 1;

static inline Key keyOf(float score, u32 row) {
  u32 bits;
  __builtin_memcpy(&bits, &score, 4);
  bits ^= (u32)((i32)bits >> 31) | 0x80000000u;
  return (Key)bits << 32 | row << 1;
}
static inline u32 rowOf(Key key) { return (u32)key >> 1; }
static inline float scoreOf(Key key) {
  u32 bits = (u32)(key >> 32);
  bits ^= (u32)((i32)~bits >> 31) | 0x80000000u;
  float score;
  __builtin_memcpy(&score, &bits, 4);
  return score;
}

/// The rows a walk has found, best first.
alignas(64) static Key pool[kMaxEf + 4];
static u32 poolCount;

/// Rows a walk has seen, to be forgotten after it; past this many, all are.
constexpr u32 kSeen = 1u << 16;
static u32 seen[kSeen + kMaxLinks * 2];
static u32 seenCount;

/// The row that is being inserted.
static Query own;
alignas(64) static i16 wide[kMaxDimensions];

static inline u32* linksOf(u32 row, i32 level) {
  const Block& block = blockOf(row);
  if (level == 0) return block.links + within(row) * (1 + 2 * state.m);
  return (u32*)block.upper[within(row)] + (u32)(level - 1) * (1 + state.m);
}

static void forgetSeen() {
  if (seenCount <= kSeen) {
    for (u32 i = 0; i < seenCount; i++) clearBit(blockOf(seen[i]).visited, within(seen[i]));
  } else {
    for (u32 b = 0; b < state.blocks; b++)
      if (blocks[b].links != 0) __builtin_memset(blocks[b].visited, 0, state.blockRows / 8);
  }
  seenCount = 0;
}

static inline bool firstSight(u32 row) {
  Block& block = blockOf(row);
  const u32 at = within(row);
  if (bitOf(block.visited, at)) return false;
  setBit(block.visited, at);
  seen[seenCount] = row;
  seenCount += seenCount <= kSeen;
  return true;
}

/// Starts loading a row's codes. Called for many rows before the first is needed: they load together (measured at 131,072
/// rows of 384: walks take 0.64 of the time, building the graph 0.72).
static inline void touch(u32 row) {
  const volatile i8* const codes = codesOf(row);
  for (u32 line = 0; line < state.stride; line += 64) (void)codes[line];
}

static inline void touchLinks(const u32* links, i32 level) {
  const u32 most = level == 0 ? 2 * state.m : state.m;
  for (u32 i = 0; i <= most; i += 16) (void)*(const volatile u32*)(links + i);
}

/// Puts a key in its place; the place. The pool has room for one more.
static inline u32 place(Key key) {
  // Without branches: where a key belongs cannot be foreseen.
  u32 low = 0;
  for (u32 count = poolCount; count > 0;) {
    const u32 half = (count + 1) / 2;
    low = pool[low + half - 1] > key ? low + half : low;
    count -= half;
  }
  u32 i = poolCount++;
  for (; i >= low + 2; i -= 2) wasm_v128_store(pool + i - 1, wasm_v128_load(pool + i - 2));
  if (i > low) pool[i] = pool[i - 1];
  pool[low] = key;
  return low;
}

/// A row whose signs differ from the query's in so many more strong components than those of the rows that have come into
/// the pool of late is passed over without a look at its codes (measured at 50,000 rows of 384: building takes 0.82 of the
/// time, a walk 0.72, at the same recall; with 4 some more, but less is found).
constexpr u32 kSlack = 8;
/// How far one row moves what counts as usual.
constexpr float kMemory = 1.0f / 32;

/// Follows links on one level from the pool's rows, until the best `ef` rows found have all been followed.
static void walk(const Query& q, u32 ef, i32 level) {
  for (u32 i = 0; i < poolCount; i++) firstSight(rowOf(pool[i]));
  // Copies: nothing that is written below can change them.
  const u32 shift = state.shift, mask = state.blockRows - 1, signWords = state.signWords, stride = state.stride;
  u32 fresh[kMaxLinks * 2], distances[kMaxLinks * 2];
  u32 next = 0, limit = kNone, seenSoFar = seenCount, comparisons = 0;
  float usual = 0;
  while (next < poolCount) {
    if (pool[next] & kDone) {
      next++;
      continue;
    }
    const u32* const links = linksOf(rowOf(pool[next]), level);
    pool[next] |= kDone;
    if (next + 1 < poolCount) touchLinks(linksOf(rowOf(pool[next + 1]), level), level);
    u32 count = 0;
    const u32 degree = links[0];
    for (u32 i = 1; i <= degree; i++) {
      const u32 to = links[i];
      const Block& block = blocks[to >> shift];
      const u32 at = to & mask;
      const u64 bit = 1ull << (at & 63);
      const u64 word = block.visited[at >> 6];
      if (word & bit) continue;
      block.visited[at >> 6] = word | bit;
      seen[seenSoFar] = to;
      seenSoFar += seenSoFar <= kSeen;
      fresh[count++] = to;
      (void)*(const volatile u64*)(block.signs + at * signWords);
    }
    u32 near = 0;
    const u32 most = poolCount == ef ? limit : kNone;
    for (u32 i = 0; i < count; i++) {
      const u32 row = fresh[i];
      const Block& block = blocks[row >> shift];
      const u32 distance = distanceTo(q, block.signs + (row & mask) * signWords);
      if (distance > most) continue;
      fresh[near] = row;
      distances[near++] = distance;
      const volatile i8* const codes = block.codes + (row & mask) * stride;
      for (u32 line = 0; line < stride; line += 64) (void)codes[line];
    }
    comparisons += near;
    for (u32 i = 0; i < near; i++) {
      const u32 row = fresh[i];
      const Block& block = blocks[row >> shift];
      const i32 product = dot(q.codes, block.codes + (row & mask) * stride, stride);
      const Key key = keyOf((float)product * q.scale * block.scales[row & mask], row);
      if (poolCount == ef) {
        if (key <= pool[ef - 1]) continue;
        poolCount--;
      }
      usual += ((float)distances[i] - usual) * (usual == 0 ? 1 : kMemory);
      limit = (u32)usual + kSlack;
      const u32 at = place(key);
      if (at < next) next = at;
    }
  }
  state.comparisons += comparisons;
  seenCount = seenSoFar;
  forgetSeen();
}

/// Leaves the best row of one level in the pool.
static void descend(const Query& q, i32 from, i32 to) {
  for (i32 level = from; level > to; level--) {
    pool[0] &= ~kDone;
    walk(q, 1, level);
  }
}

static void startAtEntry(const Query& q) {
  pool[0] = keyOf(scoreOf(q, state.entry), state.entry);
  poolCount = 1;
}

static inline float similarity(const i16* widened, float scale, u32 row) {
  return (float)dot(widened, codesOf(row), state.stride) * scale * scaleOf(row);
}

/// Of candidates sorted best first, those that are nearer to the base than to any one chosen before (algorithm 4 of the
/// paper): links in every direction. How many, `most` at most.
static u32 choose(const Key* sorted, u32 count, u32 most, u32* chosen) {
  u32 kept = 0;
  for (u32 i = 0; i < count && kept < most; i++) {
    const u32 row = rowOf(sorted[i]);
    const float toBase = scoreOf(sorted[i]);
    bool isOwnDirection = true;
    if (kept > 0) {
      widen(codesOf(row), wide);
      const float scale = scaleOf(row);
      for (u32 j = 0; j < kept && isOwnDirection; j++) isOwnDirection = similarity(wide, scale, chosen[j]) <= toBase;
    }
    if (isOwnDirection) chosen[kept++] = row;
  }
  return kept;
}

/// Adds `to` to the links of `row`; when they are full, chooses among them anew.
static void link(u32 row, u32 to, float score, i32 level) {
  u32* links = linksOf(row, level);
  const u32 most = level == 0 ? 2 * state.m : state.m;
  if (links[0] < most) {
    links[++links[0]] = to;
    return;
  }
  static i16 base[kMaxDimensions];
  Key sorted[kMaxLinks * 2 + 1];
  for (u32 i = 1; i <= most; i++) touch(links[i]);
  widen(codesOf(row), base);
  const float scale = scaleOf(row);
  sorted[0] = keyOf(score, to);
  for (u32 i = 1; i <= most; i++) {
    const Key key = keyOf(similarity(base, scale, links[i]), links[i]);
    u32 at = i;
    for (; at > 0 && sorted[at - 1] < key; at--) sorted[at] = sorted[at - 1];
    sorted[at] = key;
  }
  links[0] = choose(sorted, most + 1, most, links + 1);
}

/// Levels by a fixed mixing of the row's number: each level has 1/m of the rows of the one below.
static i32 levelOf(u32 row) {
  u64 bits = (u64)row * 0x9e3779b97f4a7c15ull + 0x632be59bd9b4e019ull;
  const u32 share = 0xffffffffu / state.m;
  for (i32 level = 0; level < (i32)kMaxLevel; level++) {
    bits ^= bits >> 29;
    bits *= 0xbf58476d1ce4e5b9ull;
    bits ^= bits >> 32;
    if ((u32)(bits >> 16) > share) return level;
  }
  return kMaxLevel;
}

static bool reserveGraph(u32 row) {
  Block& block = blockOf(row);
  if (block.links != 0) return true;
  const u32 count = state.blockRows;
  const u32 linkBytes = count * (1 + 2 * state.m) * 4;
  const u32 base = allocate(linkBytes + count * 8 + count / 8 * 2);
  if (base == 0) return false;
  block.links = (u32*)base;
  block.upper = (u32*)(base + linkBytes);
  block.twins = block.upper + count;
  block.graphed = (u64*)(block.twins + count);
  block.visited = block.graphed + count / 64;
  return true;
}

/// Memory for the links above the lowest level, zeroed; 0: none left.
static u32 takeUpper(u32 bytes) {
  if (state.upperUsed + bytes > kUpperPageBytes) {
    state.upperPage++;
    state.upperUsed = 0;
  }
  if (state.upperPage == kMaxUpperPages) return 0;
  u32& page = upperPages[state.upperPage];
  if (page == 0) page = allocate(kUpperPageBytes);
  if (page == 0) return 0;
  const u32 at = page + state.upperUsed;
  state.upperUsed += bytes;
  __builtin_memset((void*)at, 0, bytes);
  return at;
}

/// A row in the pool with the same codes as the one inserted. Codes are not of unit length to the last digit: some others
/// can come before it.
static u32 findTwin(u32 row) {
  const float self = similarity(own.codes, own.scale, row);
  for (u32 i = 0; i < poolCount && scoreOf(pool[i]) >= self * 0.999f; i++)
    if (sameCodes(codesOf(rowOf(pool[i])), codesOf(row))) return rowOf(pool[i]);
  return kNone;
}

static bool insertRow(u32 row) {
  const i32 level = levelOf(row);
  const u32 upperBytes = (u32)level * (1 + state.m) * 4;
  if (!reserveGraph(row)) return false;
  u32 upper = 0;
  if (level > 0) {
    upper = takeUpper(upperBytes);
    if (upper == 0) return false;
  }
  Block& block = blockOf(row);
  const u32 at = within(row);
  block.upper[at] = upper;
  block.twins[at] = 0;
  linksOf(row, 0)[0] = 0;
  if (state.top < 0) {
    setBit(block.graphed, at);
    state.nodes++;
    state.entry = row;
    state.top = level;
    return true;
  }
  widen(codesOf(row), own.codes);
  own.scale = scaleOf(row);
  writeSigns(own, 0);
  startAtEntry(own);
  descend(own, state.top, level);
  // Chosen on every level before the first link is made: a row with a twin gets none.
  static u32 chosen[kMaxLevel + 1][kMaxLinks];
  static float scores[kMaxLevel + 1][kMaxLinks];
  u32 counts[kMaxLevel + 1];
  const i32 from = level < state.top ? level : state.top;
  for (i32 l = from; l >= 0; l--) {
    for (u32 i = 0; i < poolCount; i++) pool[i] &= ~kDone;
    walk(own, state.efConstruction, l);
    if (l == 0) {
      const u32 twin = findTwin(row);
      if (twin != kNone) {
        block.twins[at] = blockOf(twin).twins[within(twin)];
        blockOf(twin).twins[within(twin)] = row + 1;
        setBit(block.graphed, at);
        state.nodes++;
        return true;
      }
    }
    counts[l] = choose(pool, poolCount, state.m, chosen[l]);
    for (u32 i = 0; i < counts[l]; i++) scores[l][i] = similarity(own.codes, own.scale, chosen[l][i]);
  }
  for (i32 l = from; l >= 0; l--) {
    u32* links = linksOf(row, l);
    links[0] = counts[l];
    for (u32 i = 0; i < counts[l]; i++) {
      links[1 + i] = chosen[l][i];
      link(chosen[l][i], row, scores[l][i], l);
    }
  }
  setBit(block.graphed, at);
  state.nodes++;
  if (level > state.top) {
    state.top = level;
    state.entry = row;
  }
  return true;
}

/// Rows in an order that is not theirs: in that, near-identical neighbours link to each other alone, and recall falls.
static u32 shuffled(u32 position, u32 bits) {
  const u32 mask = (1u << bits) - 1;
  u32 x = position;
  for (u32 round = 0; round < 2; round++) {
    x = (x * 0x9e3779b1u) & mask;
    x ^= x >> (bits / 2 + 1);
  }
  return x;
}

/// Inserts up to `count` living rows the graph does not have yet; how many, `kFull` when memory is short.
EXPORT(insert) i32 insertRows(u32 count) {
  u32 bits = 6;
  while (1u << bits < state.rows) bits++;
  u32 inserted = 0;
  for (u32 looked = 0; inserted < count && looked <= 1u << bits; looked++) {
    if (state.cursor >> bits != 0) state.cursor = 0;
    const u32 row = shuffled(state.cursor++, bits);
    if (row >= state.rows || !isAlive(row) || isGraphed(row)) continue;
    if (!insertRow(row)) return kFull;
    inserted++;
  }
  return (i32)inserted;
}

/// Offers what a walk with `ef` finds. Removed and forbidden rows are passed through: make `ef` larger for them.
EXPORT(search) void searchGraph(u32 ef, u32 rows) {
  state.comparisons = 0;
  if (state.top < 0 || ef == 0) return;
  if (ef > kMaxEf) ef = kMaxEf;
  startAtEntry(query);
  descend(query, state.top, 0);
  pool[0] &= ~kDone;
  walk(query, ef, 0);
  for (u32 i = 0; i < poolCount; i++) {
    const u32 node = rowOf(pool[i]);
    for (u32 row = node; row != kNone; row = blockOf(row).twins[within(row)] - 1) {
      const Block& block = blockOf(row);
      if (!bitOf(block.alive, within(row))) continue;
      if (rows & kAllowedOnly && !bitOf(block.allowed, within(row))) continue;
      best.offer(row == node ? scoreOf(pool[i]) : scoreOf(query, row), row);
    }
  }
}

/// Forgets the graph; its memory is used by the next one.
EXPORT(drop) void drop() {
  for (u32 b = 0; b < state.blocks; b++) {
    Block& block = blocks[b];
    if (block.links == 0) continue;
    for (u32 at = 0; at < state.blockRows; at++) {
      const u32 row = (b << state.shift) | at;
      if (bitOf(block.graphed, at) && !bitOf(block.alive, at)) freeRow(row);
    }
    __builtin_memset(block.graphed, 0, state.blockRows / 8);
  }
  state.nodes = state.ghosts = 0;
  state.entry = kNone;
  state.top = -1;
  state.cursor = 0;
  state.upperPage = state.upperUsed = 0;
}
