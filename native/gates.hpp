// What a cell does between two matrix products while it is trained: the gates are kept, and the way back
// is written out. One pass over the rows each way; in torch it is a dozen.
//
// LSTM, forward; a is W x + R h + b and becomes the gates, in the order i, f, o, g:
//     i, f, o = sigmoid(a),  g = tanh(a);  c' = f c + i g;  u = tanh(c');  h' = o u
// and back, from dh and dc of what came out (dc becomes that of what went in):
//     dc' = dc + dh o (1 - u^2)
//     da  = dc' g i (1 - i),  dc' c f (1 - f),  dh u o (1 - o),  dc' i (1 - g^2);   dc = dc' f
//
// GRU, forward; x is W x + b, a is R h and becomes r, z and q = R h + b_n:
//     r, z = sigmoid(x + a);  q = a + b_n;  n = tanh(x + r q);  h' = n + z (h - n)
// and back, from dh of what came out:
//     e  = dh (1 - z) (1 - n^2)
//     da = e q r (1 - r),  dh (h - n) z (1 - z),  e r;   of x the same, but e for e r;   dh = dh z
#pragma once

#include "vector.hpp"

namespace seqloom {
namespace ISA {

static void lstm_on(float* a, const float* c, long N, long D, float* h, float* new_c, float* u) {
    for (long row = 0; row < N; row++, a += 4 * D, c += D, h += D, new_c += D, u += D)
        over(D, [&](long d, long n) ALWAYS_INLINE {
            Vec i = sigmoid(get(a + d, n)), f = sigmoid(get(a + D + d, n));
            Vec o = sigmoid(get(a + 2 * D + d, n)), g = tanh(get(a + 3 * D + d, n));
            Vec next = f * get(c + d, n) + i * g, bent = tanh(next);
            put(a + d, i, n);
            put(a + D + d, f, n);
            put(a + 2 * D + d, o, n);
            put(a + 3 * D + d, g, n);
            put(new_c + d, next, n);
            put(u + d, bent, n);
            put(h + d, o * bent, n);
        });
}

static void lstm_back(const float* gates, const float* c, const float* u, const float* dh, long N,
                      long D, float* dc, float* da) {
    for (long row = 0; row < N; row++, gates += 4 * D, c += D, u += D, dh += D, dc += D, da += 4 * D)
        over(D, [&](long d, long n) ALWAYS_INLINE {
            Vec i = get(gates + d, n), f = get(gates + D + d, n);
            Vec o = get(gates + 2 * D + d, n), g = get(gates + 3 * D + d, n);
            Vec bent = get(u + d, n), from = get(dh + d, n);
            Vec all = get(dc + d, n) + from * o * (1.0f - bent * bent);
            put(da + d, all * g * i * (1.0f - i), n);
            put(da + D + d, all * get(c + d, n) * f * (1.0f - f), n);
            put(da + 2 * D + d, from * bent * o * (1.0f - o), n);
            put(da + 3 * D + d, all * i * (1.0f - g * g), n);
            put(dc + d, all * f, n);
        });
}

static void gru_on(const float* x, float* a, const float* b_n, const float* h, long N, long D,
                   float* candidate, float* new_h) {
    for (long row = 0; row < N; row++, x += 3 * D, a += 3 * D, h += D, candidate += D, new_h += D)
        over(D, [&](long d, long n) ALWAYS_INLINE {
            Vec r = sigmoid(get(x + d, n) + get(a + d, n));
            Vec z = sigmoid(get(x + D + d, n) + get(a + D + d, n));
            Vec q = get(a + 2 * D + d, n) + get(b_n + d, n);
            Vec bent = tanh(get(x + 2 * D + d, n) + r * q);
            put(a + d, r, n);
            put(a + D + d, z, n);
            put(a + 2 * D + d, q, n);
            put(candidate + d, bent, n);
            put(new_h + d, bent + z * (get(h + d, n) - bent), n);
        });
}

static void gru_back(const float* a, const float* candidate, const float* h, long N, long D,
                     float* dh, float* da, float* dx) {
    for (long row = 0; row < N;
         row++, a += 3 * D, candidate += D, h += D, dh += D, da += 3 * D, dx += 3 * D)
        over(D, [&](long d, long n) ALWAYS_INLINE {
            Vec r = get(a + d, n), z = get(a + D + d, n), q = get(a + 2 * D + d, n);
            Vec bent = get(candidate + d, n), from = get(dh + d, n);
            Vec e = from * (1.0f - z) * (1.0f - bent * bent);
            Vec to_r = e * q * r * (1.0f - r), to_z = from * (get(h + d, n) - bent) * z * (1.0f - z);
            put(da + d, to_r, n);
            put(dx + d, to_r, n);
            put(da + D + d, to_z, n);
            put(dx + D + d, to_z, n);
            put(da + 2 * D + d, e * r, n);
            put(dx + 2 * D + d, e, n);
            put(dh + d, from * z, n);
        });
}

}  // namespace ISA
}  // namespace seqloom
