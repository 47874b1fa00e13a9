// The best of what a search has seen.
#pragma once
#include "rows.h"

struct Hit {
  float score;
  u32 row;
};

/// The `size` best hits offered, the worst on top; equal scores go to the smaller row, so that the same rows always give
/// the same answer.
struct Best {
  Hit hits[kMaxIds];
  u32 size, count;
  float floor; // what a score has to exceed to get in

  void begin(u32 wanted) {
    size = wanted;
    count = 0;
    floor = -__builtin_inff();
  }
  static inline bool worse(const Hit& a, const Hit& b) { return a.score < b.score || (a.score == b.score && a.row > b.row); }

  inline void offer(float score, u32 row) {
    if (score >= floor) insert({score, row});
  }
  __attribute__((noinline)) void insert(Hit hit) {
    if (count < size) {
      u32 at = count++;
      while (at > 0 && worse(hit, hits[(at - 1) / 2])) {
        hits[at] = hits[(at - 1) / 2];
        at = (at - 1) / 2;
      }
      hits[at] = hit;
    } else if (worse(hits[0], hit)) {
      sink(hit, count);
    }
    if (count == size) floor = hits[0].score;
  }
  void sink(Hit hit, u32 end) {
    u32 at = 0;
    for (;;) {
      u32 child = 2 * at + 1;
      if (child >= end) break;
      if (child + 1 < end && worse(hits[child + 1], hits[child])) child++;
      if (!worse(hits[child], hit)) break;
      hits[at] = hits[child];
      at = child;
    }
    hits[at] = hit;
  }
  /// Best first.
  void sort() {
    for (u32 end = count; end > 1;) {
      const Hit last = hits[--end];
      const Hit worst = hits[0];
      sink(last, end);
      hits[end] = worst;
    }
  }
};

static Best best;
