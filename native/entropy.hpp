// The cross-entropy of n positions over a vocabulary of V, and its gradient with respect to the logits,
// which takes their place (nn/readouts/cross_entropy.py):
//
//     z += b;  log S = log sum_v exp z_v
//     nll = log S - z_y;  uniform = log S - mean_v z_v
//     dz_v = exp(z_v - log S) - e / V, less 1 - e where v = y;  db += dz
//
// A position's logits are read from memory once and written once. They are floats, or bfloat16: the
// upper half of a float, to which the nearest even one is rounded. A logit that is not finite shows in
// `uniform`.
#pragma once

#include <cstdint>

#include "vector.hpp"

namespace seqloom {
namespace ISA {

typedef unsigned short Shorts __attribute__((vector_size(2 * LANES)));

INLINE Vec read(const float* from, long n) { return get(from, n); }
INLINE void write(float* to, Vec v, long n) { put(to, v, n); }

INLINE Vec read(const uint16_t* from, long n) {
    Shorts upper = {};
    std::memcpy(&upper, from, n == LANES ? sizeof upper : n * sizeof *from);
    return reals(__builtin_convertvector(upper, Ints) << 16);
}

INLINE void write(uint16_t* to, Vec v, long n) {
    Ints whole = bits(v), odd = (whole >> 16) & 1;
    Shorts upper = __builtin_convertvector((whole + 0x7fff + odd) >> 16, Shorts);
    std::memcpy(to, &upper, n == LANES ? sizeof upper : n * sizeof *to);
}

// `room` is for V floats, filled up to whole vectors.
template <class Number>
INLINE void entropy(Number* z, const float* b, const int64_t* y, long n, long V, float smoothing,
                    float* room, float* nll, float* uniform, float* db) {
    const float lowest = -3e38f, even = smoothing / V;
    for (long i = V; i < V + LANES; i++) room[i] = lowest;
    for (long row = 0; row < n; row++, z += V) {
        Vec top = all(lowest), sums = {};
        over(V, [&](long v, long m) ALWAYS_INLINE {
            Vec logits = read(z + v, m) + get(b + v, m);
            put(room + v, logits, m);
            sums += logits;
            top = larger(top, load(room + v));
        });
        float best = largest(top), at_y = room[y[row]], mean = sum(sums) / V;
        Vec total = {};
        for (long v = 0; v < V; v += LANES) {
            Vec below = load(room + v) - best;
            Vec part = below < -87.0f ? Vec{} : exp(below);
            total += part;
            put(room + v, part, v + LANES <= V ? LANES : V - v);
        }
        float S = sum(total), log_S = best + std::log(S), share = 1.0f / S;
        nll[row] = log_S - at_y;
        uniform[row] = log_S - mean;
        room[y[row]] -= (1.0f - smoothing) * S;
        over(V, [&](long v, long m) ALWAYS_INLINE {
            Vec slope = get(room + v, m) * share - even;
            write(z + v, slope, m);
            put(db + v, get(db + v, m) + slope, m);
        });
    }
}

static void entropy32(float* z, const float* b, const int64_t* y, long n, long V, float smoothing,
                      float* room, float* nll, float* uniform, float* db) {
    entropy(z, b, y, n, V, smoothing, room, nll, uniform, db);
}

static void entropy16(uint16_t* z, const float* b, const int64_t* y, long n, long V, float smoothing,
                      float* room, float* nll, float* uniform, float* db) {
    entropy(z, b, y, n, V, smoothing, room, nll, uniform, db);
}

}  // namespace ISA
}  // namespace seqloom
