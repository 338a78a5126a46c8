// Attention in a training loop: B queries, each to the S positions of its own source, and the way back.
//
//     e_s = q . k_s,  a = softmax(e),  c = sum_s a_s v_s
//     da_s = dc . v_s + dw_s,  de_s = a_s (da_s - sum_j a_j da_j)
//     dq = sum_s de_s k_s,  dk_s += de_s q,  dv_s += a_s dc
//
// Keys and values are asked at every step of the loop: their gradients are added up where they stand.
// Padding stands at the end of a source and weighs nothing.
#pragma once

#include "attend.hpp"

namespace seqloom {
namespace ISA {

// How many positions come before the padding, which is -inf there.
static long real_positions(const float* padding, long S) {
    while (S > 1 && padding[S - 1] < 0.0f) S--;
    return S;
}

static void ask_on(const float* query, const float* keys, const float* values, const float* padding,
                   long B, long S, long K, long H, float* weights, float* context) {
    for (long b = 0; b < B; b++) {
        long n = real_positions(padding + b * S, S);
        float* a = weights + b * S;
        energies_dot(query + b * K, keys + b * S * K, n, K, a);
        softmax(a, n);
        for (long s = n; s < S; s++) a[s] = 0.0f;
        mix(a, values + b * S * H, n, H, context + b * H);
    }
}

// y += factor * x
static void add_scaled(float factor, const float* x, long n, float* y) {
    over(n, [&](long i, long m) { put(y + i, get(y + i, m) + factor * get(x + i, m), m); });
}

// `d_weights` is null where nothing but the context depends on the weights. `room` is for S floats.
static void ask_back(const float* query, const float* keys, const float* values,
                     const float* padding, const float* weights, const float* d_context,
                     const float* d_weights, long B, long S, long K, long H, float* room,
                     float* d_query, float* d_keys, float* d_values) {
    for (long b = 0; b < B; b++) {
        long n = real_positions(padding + b * S, S);
        const float *a = weights + b * S, *dc = d_context + b * H;
        energies_dot(dc, values + b * S * H, n, H, room);
        if (d_weights) add(d_weights + b * S, n, room);
        float mean = dot(a, room, n);
        for (long s = 0; s < n; s++) room[s] = a[s] * (room[s] - mean);
        mix(room, keys + b * S * K, n, K, d_query + b * K);
        for (long s = 0; s < n; s++) {
            add_scaled(room[s], query + b * K, K, d_keys + (b * S + s) * K);
            add_scaled(a[s], dc, H, d_values + (b * S + s) * H);
        }
    }
}

}  // namespace ISA
}  // namespace seqloom
