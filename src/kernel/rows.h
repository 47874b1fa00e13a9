// Rows by id: adding, removing, finding; the filter of a search.
#pragma once
#include "codes.h"

/// What JavaScript writes ids into and reads ids from.
alignas(64) static double ids[kMaxIds];

static inline u32 slotOf(double id) {
  u64 bits;
  __builtin_memcpy(&bits, &id, 8);
  return (u32)((bits * 0x9e3779b97f4a7c15ull) >> (64 - state.hashBits));
}

static inline double& labelOf(u32 row) { return blockOf(row).labels[within(row)]; }

static u32 find(double id) {
  if (state.hash == 0) return kNone;
  const u32 mask = (1u << state.hashBits) - 1;
  for (u32 slot = slotOf(id);; slot = (slot + 1) & mask) {
    const u32 entry = state.hash[slot];
    if (entry == 0) return kNone;
    if (labelOf(entry - 1) == id) return entry - 1;
  }
}

static void enter(u32 row) {
  const u32 mask = (1u << state.hashBits) - 1;
  u32 slot = slotOf(labelOf(row));
  while (state.hash[slot] != 0) slot = (slot + 1) & mask;
  state.hash[slot] = row + 1;
}

/// Linear probing without tombstones: what follows the gap moves up.
static void leave(u32 row) {
  const u32 mask = (1u << state.hashBits) - 1;
  u32 gap = slotOf(labelOf(row));
  while (state.hash[gap] != row + 1) gap = (gap + 1) & mask;
  for (u32 slot = (gap + 1) & mask; state.hash[slot] != 0; slot = (slot + 1) & mask) {
    const u32 home = slotOf(labelOf(state.hash[slot] - 1));
    if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
    state.hash[gap] = state.hash[slot];
    gap = slot;
  }
  state.hash[gap] = 0;
}

/// Room for one more id at a load of at most 2/3.
static bool growHash() {
  if (state.hash != 0 && (u64)(state.live + 1) * 3 <= (2ull << state.hashBits)) return true;
  const u32 bits = state.hash == 0 ? 10 : state.hashBits + 1;
  u32* const bigger = (u32*)allocate(4u << bits);
  if (bigger == 0) return false;
  u32* const old = state.hash;
  const u32 oldSize = old == 0 ? 0 : 1u << state.hashBits;
  state.hash = bigger;
  state.hashBits = bits;
  for (u32 slot = 0; slot < oldSize; slot++)
    if (old[slot] != 0) enter(old[slot] - 1);
  release((u32)old, oldSize * 4);
  return true;
}

static bool growBlocks() {
  if (state.blocks == kMaxBlocks) return false;
  const u32 count = state.blockRows;
  const u32 signBytes = state.signWords * 8;
  // One allocation, largest parts first: every array starts on a cache line.
  const u32 base = allocate(count * (state.stride + signBytes + 4 + 4 + 8) + count / 8 * 2);
  if (base == 0) return false;
  Block& block = blocks[state.blocks];
  block = {};
  block.codes = (i8*)base;
  block.signs = (u64*)(block.codes + count * state.stride);
  block.labels = (double*)(block.signs + count * state.signWords);
  block.scales = (float*)(block.labels + count);
  block.errors = block.scales + count;
  block.alive = (u64*)(block.errors + count);
  block.allowed = block.alive + count / 64;
  state.blocks++;
  return true;
}

static inline bool isGraphed(u32 row) {
  const Block& block = blockOf(row);
  return block.links != 0 && bitOf(block.graphed, within(row));
}

static inline bool isAlive(u32 row) { return bitOf(blockOf(row).alive, within(row)); }

static void freeRow(u32 row) {
  const u64 next = state.freeHead;
  __builtin_memcpy(&labelOf(row), &next, 8);
  state.freeHead = row;
}

/// A row in the graph stays where it is, as a way station, until the graph is dropped.
static void removeRow(u32 row) {
  leave(row);
  clearBit(blockOf(row).alive, within(row));
  clearBit(blockOf(row).allowed, within(row));
  state.live--;
  if (isGraphed(row)) state.ghosts++;
  else freeRow(row);
}

static u32 takeRow() {
  if (state.freeHead != kNone) {
    const u32 row = state.freeHead;
    u64 next;
    __builtin_memcpy(&next, &labelOf(row), 8);
    state.freeHead = (u32)next;
    return row;
  }
  if (state.rows == state.blocks << state.shift && !growBlocks()) return kNone;
  return state.rows++;
}

EXPORT(input) float* exportInput() { return input; }
EXPORT(ids) double* exportIds() { return ids; }

/// Once per instance. Dimensions 1..4,096. The first `prefix` components are rotated in themselves; of the result, the first
/// `signs` are looked at by the filter of the scan. Both are rounded up to multiples of 64.
EXPORT(init) i32 init(u32 dimensions, u32 prefix, u32 signs, u32 m, u32 efConstruction, u32 limitPages) {
  if (state.dimensions != 0 || dimensions < 1 || dimensions > kMaxDimensions) return kInvalid;
  if (signs < 1 || signs > kMaxSignWords * 64 || signs > alignUp(prefix, 64) || prefix > alignUp(dimensions, 64)) return kInvalid;
  if (m < 2 || m > kMaxLinks || efConstruction < 1 || efConstruction > kMaxEf) return kInvalid;
  state.dimensions = dimensions;
  state.stride = alignUp(dimensions, 64);
  state.prefix = alignUp(prefix, 64);
  state.signWords = (signs + 63) / 64;
  const u32 rowBytes = state.stride + state.signWords * 8 + 16;
  state.shift = 6;
  while ((rowBytes << state.shift) < kBlockBytes) state.shift++;
  state.blockRows = 1u << state.shift;
  state.freeHead = kNone;
  state.m = m;
  state.efConstruction = efConstruction;
  state.top = -1;
  state.entry = kNone;
  state.limitPages = limitPages;
  state.heapTop = alignUp((u32)&__heap_base, 64);
  prepareRotation();
  return kOk;
}

/// Adds or replaces the first `count` ids by the first `count` vectors of the input. Answers `count`, or the number of the
/// first that was refused, and why in `addStatus`: for NaN, infinity or zero none is in then, without memory those before it.
static i32 addStatus;
EXPORT(addStatus) i32 exportAddStatus() { return addStatus; }
EXPORT(add) i32 add(u32 count) {
  static Extent extents[kMaxBatch];
  addStatus = kOk;
  for (u32 i = 0; i < count; i++) {
    extents[i] = measure(input + i * state.dimensions);
    if (extents[i].status == kOk) continue;
    addStatus = extents[i].status;
    return (i32)i;
  }
  for (u32 i = 0; i < count; i++) {
    u32 row = find(ids[i]);
    // A row the graph holds keeps its codes, which other rows' links were chosen by; the new vector gets a new row.
    if (row != kNone && isGraphed(row)) {
      const u32 fresh = growHash() ? takeRow() : kNone;
      if (fresh == kNone) {
        addStatus = kFull;
        return (i32)i;
      }
      removeRow(row);
      row = fresh;
    } else if (row == kNone) {
      row = growHash() ? takeRow() : kNone;
      if (row == kNone) {
        addStatus = kFull;
        return (i32)i;
      }
    } else {
      writeRow(row, input + i * state.dimensions, extents[i]);
      continue;
    }
    labelOf(row) = ids[i];
    enter(row);
    setBit(blockOf(row).alive, within(row));
    state.live++;
    writeRow(row, input + i * state.dimensions, extents[i]);
  }
  return (i32)count;
}

EXPORT(has) i32 has(double id) { return find(id) != kNone; }

EXPORT(remove) i32 removeId(double id) {
  const u32 row = find(id);
  if (row == kNone) return 0;
  removeRow(row);
  return 1;
}

/// Writes the unit vector of an id, as its codes have it, to the input. 0: no such id.
EXPORT(decode) i32 decode(double id) {
  const u32 row = find(id);
  if (row == kNone) return 0;
  const i8* codes = codesOf(row);
  const float scale = scaleOf(row);
  for (u32 i = 0; i < state.stride; i++) turned[i] = codes[i] * scale;
  unrotate(turned);
  __builtin_memcpy(input, turned, state.dimensions * 4);
  return 1;
}

/// Ids of living rows from row `from` on, as many as fit; their number. `listedTo`: where to go on, `rows` at the end.
static u32 listedTo;
EXPORT(listedTo) u32 exportListedTo() { return listedTo; }
EXPORT(listIds) u32 listIds(u32 from) {
  u32 count = 0, row = from;
  for (; row < state.rows && count < kMaxIds; row++)
    if (isAlive(row)) ids[count++] = labelOf(row);
  listedTo = row;
  return count;
}

/// Forgets the filter, or allows the first `count` ids; how many of them there are.
EXPORT(forbidAll) void forbidAll() {
  for (u32 b = 0; b < state.blocks; b++) __builtin_memset(blocks[b].allowed, 0, state.blockRows / 8);
}
EXPORT(allow) u32 allow(u32 count) {
  u32 found = 0;
  for (u32 i = 0; i < count; i++) {
    const u32 row = find(ids[i]);
    if (row == kNone || bitOf(blockOf(row).allowed, within(row))) continue;
    setBit(blockOf(row).allowed, within(row));
    found++;
  }
  return found;
}
