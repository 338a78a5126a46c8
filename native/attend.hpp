// The inner loops of attention and of the readout's features, one row at a time.
#pragma once

#include <cstdint>

#include "vector.hpp"

namespace seqloom {
namespace ISA {

static float dot(const float* a, const float* b, long n) {
    Vec even{}, odd{};
    long i = 0;
    for (; i + 2 * LANES <= n; i += 2 * LANES) {
        even += load(a + i) * load(b + i);
        odd += load(a + i + LANES) * load(b + i + LANES);
    }
    over(n - i, [&](long j, long m) { even += get(a + i + j, m) * get(b + i + j, m); });
    return sum(even + odd);
}

// e_j = q . k_j
static void energies_dot(const float* query, const float* keys, long S, long K, float* energies) {
    for (long j = 0; j < S; j++) energies[j] = dot(query, keys + j * K, K);
}

// e_j = v . tanh(q + k_j)
static void energies_tanh(const float* query, const float* keys, const float* v, long S, long K,
                          float* energies) {
    for (long j = 0; j < S; j++) {
        Vec energy{};
        over(K, [&](long k, long n) {
            energy += get(v + k, n) * tanh(get(query + k, n) + get(keys + j * K + k, n));
        });
        energies[j] = sum(energy);
    }
}

static float max_of(const float* x, long n) {
    float most = x[0];
    if (n >= LANES) {
        Vec so_far = load(x);
        for (long i = LANES; i + LANES <= n; i += LANES) so_far = larger(load(x + i), so_far);
        most = largest(so_far);
    }
    for (long i = n - n % LANES; i < n; i++) most = x[i] > most ? x[i] : most;
    return most;
}

// Lanes past the end of an array count as nothing: exp of something very small.
INLINE Vec exp_part(const float* x, float most, long n) {
    float lanes[LANES];
    store(lanes, exp(get(x, n) - most));
    for (long i = n; i < LANES; i++) lanes[i] = 0.0f;
    return load(lanes);
}

static void softmax(float* energies, long S) {
    float most = max_of(energies, S);
    Vec total{};
    over(S, [&](long j, long n) {
        Vec e = n == LANES ? exp(load(energies + j) - most) : exp_part(energies + j, most, n);
        put(energies + j, e, n);
        total += e;
    });
    float scale = 1.0f / sum(total);
    over(S, [&](long j, long n) { put(energies + j, get(energies + j, n) * scale, n); });
}

// c = sum_j a_j h_j
static void mix(const float* weights, const float* values, long S, long H, float* mixed) {
    long h = 0;
    for (; h + 4 * LANES <= H; h += 4 * LANES) {
        Vec c[4] = {};
        for (long j = 0; j < S; j++)
            for (int i = 0; i < 4; i++) c[i] += load(values + j * H + h + i * LANES) * weights[j];
        for (int i = 0; i < 4; i++) store(mixed + h + i * LANES, c[i]);
    }
    over(H - h, [&](long i, long n) {
        Vec c{};
        for (long j = 0; j < S; j++) c += get(values + j * H + h + i, n) * weights[j];
        put(mixed + h + i, c, n);
    });
}

static void add(const float* x, long n, float* y) {
    over(n, [&](long i, long m) { put(y + i, get(y + i, m) + get(x + i, m), m); });
}

static void tanh_of(float* x, long n) {
    over(n, [&](long i, long m) { put(x + i, tanh(get(x + i, m)), m); });
}

// Of every two sums x + y the larger, n of them.
static void pair_max(const float* x, const float* y, long n, float* result) {
    for (long i = 0; i < n; i++) {
        float a = x[2 * i] + y[2 * i], b = x[2 * i + 1] + y[2 * i + 1];
        result[i] = a > b ? a : b;
    }
}

}  // namespace ISA
}  // namespace seqloom
