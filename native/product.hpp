// Matrix products of a few rows: y = W x for each of N rows x.
//
// W lies in panels of PANEL = 2 LANES outputs. A block of M rows keeps its M x PANEL sums in
// registers and goes once through all inputs: the weights are read once for M rows. A single row
// takes several panels at a time instead, so that enough sums are under way to wait for memory only.
// Every sum adds its inputs in order, whatever the block, so a row's result never depends on N.
//
// Bytes are read as they are for a few rows, which saves memory traffic. For many rows, whose blocks
// would widen them again and again, a panel is widened to floats first.
#pragma once

#include <algorithm>
#include <vector>

#include "routines.hpp"
#include "vector.hpp"
#if LANES > 4
#include <immintrin.h>
#endif

namespace seqloom {
namespace ISA {

constexpr long PANEL = 2 * LANES;

#define UNROLL _Pragma("GCC unroll 16")

INLINE Vec weight(const float* at) { return load(at); }

// Weights that are wanted next: `step` of them for each input.
struct Ahead {
    const float* from;
    long step;
};

// The compiler widens bytes one by one if it is not told how.
INLINE Vec weight(const int8_t* at) {
#if LANES == 16
    return (Vec)_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i*)at)));
#elif LANES == 8
    return (Vec)_mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i*)at)));
#else
    return Vec{(float)at[0], (float)at[1], (float)at[2], (float)at[3]};
#endif
}

// Sums of M rows with P panels that stand `apart` weights from each other. On the way what lies ahead is
// called into the cache.
template <int M, int P, class Weight>
INLINE void accumulate(const Weight* panels, long apart, long inputs, const float* x, long x_step,
                       Ahead ahead, Vec (&sums)[M][2 * P]) {
    for (long k = 0; k < inputs; k++) {
        if (M > 1) __builtin_prefetch(ahead.from + k * ahead.step, 0, 2);
        Vec w[2 * P];
        UNROLL for (int p = 0; p < P; p++) {
            w[2 * p] = weight(panels + p * apart + k * PANEL);
            w[2 * p + 1] = weight(panels + p * apart + k * PANEL + LANES);
        }
        UNROLL for (int m = 0; m < M; m++) {
            float input = x[m * x_step + k];
            UNROLL for (int v = 0; v < 2 * P; v++) sums[m][v] += w[v] * input;
        }
    }
}

// Puts the sums of one panel where they belong; the last panel may be narrower.
INLINE void finish(float* y, long outputs, Vec low, Vec high) {
    put(y, low, outputs < LANES ? outputs : LANES);
    if (outputs > LANES) put(y + LANES, high, outputs < PANEL ? outputs - LANES : LANES);
}

INLINE Vec start(const float* from, const float* bias, long first, long left) {
    if (from) return left <= 0 ? Vec{} : get(from + first, left < LANES ? left : LANES);
    return bias ? load(bias + first) : Vec{};
}

// Floats start from what is there. Bytes are summed as they are and then brought to scale.
template <int M, int P>
static void block(const Panels& W, const float* widened, long first, Ahead ahead, const float* x,
                  long x_step, const float* from, long from_step, float* y, long y_step) {
    Vec sums[M][2 * P] = {}, base[M][2 * P];
    UNROLL for (int m = 0; m < M; m++) UNROLL for (int v = 0; v < 2 * P; v++) {
        long at = first + v * LANES;
        base[m][v] = start(from ? from + m * from_step : nullptr, W.bias, at, W.outputs - at);
        if (!W.bytes) sums[m][v] = base[m][v];
    }
    long apart = PANEL * W.inputs, panel = first * W.inputs;
    if (W.bytes) {
        if (widened)
            accumulate<M, P>(widened, apart, W.inputs, x, x_step, ahead, sums);
        else
            accumulate<M, P>(W.bytes + panel, apart, W.inputs, x, x_step, ahead, sums);
        UNROLL for (int m = 0; m < M; m++) UNROLL for (int v = 0; v < 2 * P; v++)
            sums[m][v] = sums[m][v] * load(W.factors + first + v * LANES) + base[m][v];
    } else {
        accumulate<M, P>(W.weights + panel, apart, W.inputs, x, x_step, ahead, sums);
    }
    UNROLL for (int m = 0; m < M; m++) UNROLL for (int p = 0; p < P; p++) {
        long at = first + p * PANEL;
        finish(y + m * y_step + at, W.outputs - at, sums[m][2 * p], sums[m][2 * p + 1]);
    }
}

// As many rows at a time as there are registers for the sums.
constexpr int ROWS = LANES == 16 ? 12 : 6;

template <int P>
static void rows_of(int M, const Panels& W, const float* widened, long first, Ahead ahead,
                    const float* x, long x_step, const float* from, long from_step, float* y, long y_step) {
#define CASE(m) \
    case m:     \
        return block<m, P>(W, widened, first, ahead, x, x_step, from, from_step, y, y_step);
    switch (M) {
        CASE(1)
        CASE(2)
        CASE(3)
        CASE(4)
        CASE(5)
        CASE(6)
    }
    if constexpr (ROWS > 6 && P == 1) switch (M) {
            CASE(7)
            CASE(8)
            CASE(9)
            CASE(10)
            CASE(11)
            CASE(12)
        }
#undef CASE
}

// Panels taken together: few rows leave registers free for more of them.
INLINE int together(long rows) { return rows == 1 ? 4 : rows <= (LANES == 16 ? 6 : 3) ? 2 : 1; }

// From so many blocks of rows on it takes less time to widen bytes first.
constexpr long BLOCKS = 3;

// Of one panel, kept by the thread for the next.
static const float* widen(const Panels& W, long first) {
    static thread_local std::vector<float> room;
    room.resize(PANEL * W.inputs);
    const int8_t* from = W.bytes + first * W.inputs;
    for (long i = 0; i < PANEL * W.inputs; i += LANES) store(room.data() + i, weight(from + i));
    return room.data();
}

// The rows against one group of panels, in blocks of nearly equal height.
static void all_rows(const Panels& W, long first, int panels, const float* x, long x_step, long rows,
                     const float* from, long from_step, float* y, long y_step) {
    long blocks = (rows + ROWS - 1) / ROWS;
    const float* widened = W.bytes && blocks >= BLOCKS ? widen(W, first) : nullptr;
    long after = first + panels * PANEL, each = (panels * PANEL + blocks - 1) / blocks;
    const float* next_panel = W.weights && after < W.outputs ? W.weights + after * W.inputs : nullptr;
    for (long b = 0, row = 0; b < blocks; b++) {
        long next = (b + 1) * rows / blocks;
        const float* in = x + row * x_step;
        Ahead ahead{next_panel ? next_panel + b * W.inputs * each : x, next_panel ? each : 0};
        const float* base = from ? from + row * from_step : nullptr;
        float* out = y + row * y_step;
        for (long r = next - row; panels == 1 && r < next - row + ROWS && row + r < rows; r++) {
            for (long v = 0; v < PANEL; v += 16) {
                if (base) __builtin_prefetch(base + r * from_step + first + v);
                __builtin_prefetch(out + r * y_step + first + v, 1);
            }
        }
        if (panels == 4)
            block<1, 4>(W, widened, first, ahead, in, x_step, base, from_step, out, y_step);
        else if (panels == 2)
            rows_of<2>(next - row, W, widened, first, ahead, in, x_step, base, from_step, out, y_step);
        else
            rows_of<1>(next - row, W, widened, first, ahead, in, x_step, base, from_step, out, y_step);
        row = next;
    }
}

// So many floats of x stay in a core's cache while all panels go over them.
constexpr long NEAR = 1 << 17;

static void multiply(const Panels& W, const float* x, long x_step, long rows, const float* from,
                     long from_step, float* y, long y_step) {
    long near = std::max(1L, NEAR / W.inputs / ROWS) * ROWS;
    for (; rows > 0; rows -= near) {
        long count = rows < near + near / 2 ? rows : near;
        long width = together(count) * PANEL, first = 0;
        for (; first + width <= W.outputs; first += width)
            all_rows(W, first, width / PANEL, x, x_step, count, from, from_step, y, y_step);
        for (; first < W.outputs; first += PANEL)
            all_rows(W, first, 1, x, x_step, count, from, from_step, y, y_step);
        if (count == rows) return;
        x += near * x_step;
        y += near * y_step;
        if (from) from += near * from_step;
    }
}

}  // namespace ISA
}  // namespace seqloom
