// The pointwise part of the recurrent cells, one row at a time.
//
//     Elman   h' = tanh(x + r)
//     LSTM    i, f, o = sigmoid(x + r), g = tanh(x + r);  c' = f c + i g;  h' = o tanh(c')
//     GRU     r, z = sigmoid(x + r);  n = tanh(x + r * (R h + b_n));  h' = n + z (h - n)
//
// x is the input half W x + b, r the recurrent half R h; blocks of D stand in the order above.
#pragma once

#include "vector.hpp"

namespace seqloom {
namespace ISA {

static void elman(const float* x, const float* r, long D, float* h) {
    over(D, [&](long i, long n) { put(h + i, tanh(get(x + i, n) + get(r + i, n)), n); });
}

static void lstm(const float* x, const float* r, const float* c, long D, float* h, float* new_c) {
    over(D, [&](long d, long n) ALWAYS_INLINE {
        auto gate = [&](int block) ALWAYS_INLINE {
            return get(x + block * D + d, n) + get(r + block * D + d, n);
        };
        Vec i = sigmoid(gate(0)), f = sigmoid(gate(1)), o = sigmoid(gate(2)), g = tanh(gate(3));
        Vec next = f * get(c + d, n) + i * g;
        put(new_c + d, next, n);
        put(h + d, o * tanh(next), n);
    });
}

static void gru(const float* x, const float* r, const float* b_n, const float* h, long D,
                float* new_h) {
    over(D, [&](long d, long n) ALWAYS_INLINE {
        Vec reset = sigmoid(get(x + d, n) + get(r + d, n));
        Vec z = sigmoid(get(x + D + d, n) + get(r + D + d, n));
        Vec inner = get(r + 2 * D + d, n) + get(b_n + d, n);
        Vec candidate = tanh(get(x + 2 * D + d, n) + reset * inner);
        put(new_h + d, candidate + z * (get(h + d, n) - candidate), n);
    });
}

}  // namespace ISA
}  // namespace seqloom
