// Products in bfloat16 by a processor's matrix tiles (Intel AMX): y = W x for each of N rows x.
//
// A tile is 16 lines of 64 bytes. One instruction adds to 16 x 16 sums the products of 16 rows x 32 inputs
// and 32 inputs x 16 outputs: 8,192 in 16 cycles, in which two units for vectors of 16 floats make 512.
// Factors are rounded to bfloat16, the sums are floats. A row's sums do not depend on the rows beside it.
//
//     W     for every 32 outputs and 32 inputs two tiles, of 16 outputs each; a line is a pair of inputs
//           of all 16
//     x     rounded row by row when it comes, in blocks of 16 rows
//     y     blocks of 32 rows x 32 outputs, the sums of two tiles by two
//
// Inputs and rows are filled up with zeros to whole tiles.
#pragma once

#include <immintrin.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "routines.hpp"

namespace seqloom {
namespace {

constexpr long LINES = 16, SIDE = 32, TILE = LINES * SIDE;  // TILE numbers of 16 bits

// All eight tiles of the processor are in use, at their full size.
struct alignas(64) Layout {
    uint8_t palette = 1, start = 0, reserved[14] = {};
    uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    uint8_t lines[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

// While it lives, the thread has its tiles.
struct Tiles {
    Tiles() {
        static const Layout layout;
        _tile_loadconfig(&layout);
    }
    ~Tiles() { _tile_release(); }
};

// So many of the next 16 lanes as are there.
inline __mmask16 lanes(long left) { return left >= 16 ? 0xffff : left <= 0 ? 0 : (1u << left) - 1; }

inline __m256i rounded(const float* x, long left) {
    return (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(lanes(left), x));
}

// Two inputs of 16 outputs, number by number in turns; the second may be missing.
inline __m512i in_turns(const float* first, const float* second, long outputs) {
    __m512i even = _mm512_cvtepu16_epi32(rounded(first, outputs));
    if (!second) return even;
    return _mm512_or_si512(even, _mm512_slli_epi32(_mm512_cvtepu16_epi32(rounded(second, outputs)), 16));
}

// Lines become columns.
inline void turn(__m512i (&a)[LINES]) {
    __m512i b[LINES];
    for (int i = 0; i < LINES; i += 2) {
        b[i] = _mm512_unpacklo_epi32(a[i], a[i + 1]);
        b[i + 1] = _mm512_unpackhi_epi32(a[i], a[i + 1]);
    }
    for (int i = 0; i < LINES; i += 4)
        for (int j = 0; j < 2; j++) {
            a[i + 2 * j] = _mm512_unpacklo_epi64(b[i + j], b[i + j + 2]);
            a[i + 2 * j + 1] = _mm512_unpackhi_epi64(b[i + j], b[i + j + 2]);
        }
    for (int i = 0; i < LINES; i += 8)
        for (int j = 0; j < 4; j++) {
            b[i + j] = _mm512_shuffle_i32x4(a[i + j], a[i + j + 4], 0x88);
            b[i + j + 4] = _mm512_shuffle_i32x4(a[i + j], a[i + j + 4], 0xdd);
        }
    for (int j = 0; j < 8; j++) {
        a[j] = _mm512_shuffle_i32x4(b[j], b[j + 8], 0x88);
        a[j + 8] = _mm512_shuffle_i32x4(b[j], b[j + 8], 0xdd);
    }
}

// Up to 16 rows of x, `filled` numbers each, missing ones zero. One of the steps is 1.
void round_rows(const float* x, long row_step, long input_step, long rows, long inputs, long filled,
                uint16_t* to) {
    if (input_step == 1) {
        for (long row = 0; row < LINES; row++)
            for (long k = 0; k < filled; k += 16, to += 16) {
                __m256i numbers = row < rows ? rounded(x + row * row_step + k, inputs - k) : __m256i{};
                _mm256_storeu_si256((__m256i*)to, numbers);
            }
        return;
    }
    for (long k = 0; k < filled; k += SIDE) {
        __m512i pairs[LINES];
        for (long pair = 0; pair < LINES; pair++) {
            long at = k + 2 * pair;
            const float *first = x + at * input_step, *second = first + input_step;
            pairs[pair] = at < inputs ? in_turns(first, at + 1 < inputs ? second : nullptr, rows)
                                      : __m512i{};
        }
        turn(pairs);
        for (long row = 0; row < LINES; row++)
            _mm512_storeu_si512(to + row * filled + k, pairs[row]);
    }
}

// All rows, one behind the other, in the thread's own room.
const uint16_t* rounded_rows(const float* x, long row_step, long input_step, long rows, long inputs,
                             long filled) {
    static thread_local std::vector<uint16_t> room;
    long blocks = (rows + LINES - 1) / LINES;
    if (room.size() < size_t(blocks * LINES * filled)) room.resize(blocks * LINES * filled);
    for (long row = 0; row < rows; row += LINES)
        round_rows(x + row * row_step, row_step, input_step, std::min(LINES, rows - row), inputs, filled,
                   room.data() + row * filled);
    return room.data();
}

// Adds to the sums of one or two blocks of rows with 32 outputs what so many inputs are worth.
template <int BLOCKS>
inline void sum(const uint16_t* x, long filled, long inputs, const uint16_t* w, bool begun, float* sums) {
    constexpr long SECOND = LINES * SIDE;
    if (begun) {
        _tile_loadd(0, sums, 128);
        _tile_loadd(1, sums + LINES, 128);
        if (BLOCKS == 2) _tile_loadd(2, sums + SECOND, 128);
        if (BLOCKS == 2) _tile_loadd(3, sums + SECOND + LINES, 128);
    } else {
        _tile_zero(0);
        _tile_zero(1);
        if (BLOCKS == 2) _tile_zero(2);
        if (BLOCKS == 2) _tile_zero(3);
    }
    for (long k = 0; k < inputs; k += SIDE, w += 2 * TILE) {
        _tile_loadd(4, x + k, 2 * filled);
        _tile_loadd(6, w, 64);
        _tile_loadd(7, w + TILE, 64);
        if (BLOCKS == 2) _tile_loadd(5, x + LINES * filled + k, 2 * filled);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        if (BLOCKS == 2) _tile_dpbf16ps(2, 5, 6);
        if (BLOCKS == 2) _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, sums, 128);
    _tile_stored(1, sums + LINES, 128);
    if (BLOCKS == 2) _tile_stored(2, sums + SECOND, 128);
    if (BLOCKS == 2) _tile_stored(3, sums + SECOND + LINES, 128);
}

// Puts sums of 32 outputs where they belong.
inline void finish(const float* sums, const float* from, long outputs, float* y) {
    __mmask16 low = lanes(outputs), high = lanes(outputs - LINES);
    __m512 a = _mm512_load_ps(sums), b = _mm512_load_ps(sums + LINES);
    if (from) {
        a = _mm512_add_ps(a, _mm512_maskz_loadu_ps(low, from));
        b = _mm512_add_ps(b, _mm512_maskz_loadu_ps(high, from + LINES));
    }
    _mm512_mask_storeu_ps(y, low, a);
    _mm512_mask_storeu_ps(y + LINES, high, b);
}

// Rows that all weights meet while they are in the cache, and inputs of a panel that stay nearer still.
constexpr long NEAR_ROWS = 64, NEAR_INPUTS = 512;

// See Rounding::multiply.
void multiply_tiles(const Panels& W, const float* x, long row_step, long input_step, long rows,
                    const float* from, long from_step, float* y, long y_step) {
    long filled = (W.inputs + SIDE - 1) / SIDE * SIDE;
    alignas(64) static thread_local float sums[NEAR_ROWS * SIDE];
    Tiles open;
    for (long done = 0; done < rows; done += NEAR_ROWS) {
        long count = std::min(NEAR_ROWS, rows - done);
        const uint16_t* in =
            rounded_rows(x + done * row_step, row_step, input_step, count, W.inputs, filled);
        for (long first = 0; first < W.outputs; first += SIDE) {
            const uint16_t* panel = W.tiles + first * filled;
            for (long k = 0; k == 0 || k < filled; k += NEAR_INPUTS) {
                long inputs = std::min(NEAR_INPUTS, filled - k);
                bool last = k + inputs == filled;
                for (long row = 0; row < count; row += 2 * LINES) {
                    auto add = count - row > LINES ? sum<2> : sum<1>;
                    for (long r = row; last && r < std::min(row + 2 * LINES, count); r++) {
                        __builtin_prefetch(y + (done + r) * y_step + first, 1);
                        __builtin_prefetch(y + (done + r) * y_step + first + LINES, 1);
                    }
                    add(in + row * filled + k, filled, inputs, panel + k * SIDE, k > 0, sums + row * SIDE);
                    for (long r = row; last && r < std::min(row + 2 * LINES, count); r++)
                        finish(sums + r * SIDE, from ? from + (done + r) * from_step + first : nullptr,
                               W.outputs - first, y + (done + r) * y_step + first);
                }
            }
        }
    }
}

// A weight whose inputs stand side by side: of each output 16 pairs of them go to 16 lines.
void round_inputs(const float* from, long output_step, long outputs, long inputs, uint16_t* to) {
    for (long k = 0; k < inputs; k += SIDE)
        for (long half = 0; half < SIDE; half += LINES, to += TILE) {
            __m512i pairs[LINES];
            for (long o = 0; o < LINES; o++) {
                const float* numbers = from + (half + o) * output_step + k;
                long left = half + o < outputs ? inputs - k : 0;
                pairs[o] = _mm512_inserti64x4(_mm512_castsi256_si512(rounded(numbers, left)),
                                              rounded(numbers + 16, left - 16), 1);
            }
            turn(pairs);
            for (long line = 0; line < LINES; line++) _mm512_storeu_si512(to + line * SIDE, pairs[line]);
        }
}

// One whose outputs do: a line is two of its inputs, number by number in turns.
void round_outputs(const float* from, long input_step, long outputs, long inputs, uint16_t* to) {
    for (long k = 0; k < inputs; k += SIDE, to += 2 * TILE)
        for (long half = 0; half < 2; half++)
            for (long pair = 0; pair < LINES; pair++) {
                long at = k + 2 * pair;
                const float* first = from + at * input_step + half * LINES;
                const float* second = at + 1 < inputs ? first + input_step : nullptr;
                __m512i line = at < inputs ? in_turns(first, second, outputs - half * LINES) : __m512i{};
                _mm512_storeu_si512(to + half * TILE + pair * SIDE, line);
            }
}

// A weight of which one of the steps is 1.
void fill_tiles(const float* weight, long output_step, long input_step, long outputs, long inputs,
                  uint16_t* to) {
    long filled = (inputs + SIDE - 1) / SIDE * SIDE;
    for (long first = 0; first < outputs; first += SIDE, to += SIDE * filled) {
        const float* from = weight + first * output_step;
        long count = std::min(SIDE, outputs - first);
        if (input_step == 1)
            round_inputs(from, output_step, count, inputs, to);
        else
            round_outputs(from, input_step, count, inputs, to);
    }
}

}  // namespace
}  // namespace seqloom
