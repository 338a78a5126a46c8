// Vectors of LANES floats, and the functions that gates need of them.
//
//     exp(x)      2^n e^r          x = n ln 2 + r,  |r| <= ln 2 / 2,  e^r by its series to r^7
//     tanh(x)     E / (E + 2)      E = e^2x - 1, which keeps its digits where x is small
//     sigmoid(x)  1 / (1 + e^-x)
//
// Absolute errors are below 3e-7. The vectors are the compiler's own (GCC and Clang), so that one
// text serves every instruction set; each isa_*.cpp sets ISA and LANES and includes it.
#pragma once

#include <cmath>
#include <cstring>

namespace seqloom {
namespace ISA {

typedef float Vec __attribute__((vector_size(4 * LANES)));
typedef int Ints __attribute__((vector_size(4 * LANES)));

#define ALWAYS_INLINE __attribute__((always_inline))
#define INLINE static inline ALWAYS_INLINE

INLINE Vec load(const float* from) {
    Vec v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

INLINE void store(float* to, Vec v) { std::memcpy(to, &v, sizeof v); }

// The last n < LANES floats of an array; the other lanes are zero.
INLINE Vec load_part(const float* from, long n) {
    float lanes[LANES] = {};
    std::memcpy(lanes, from, n * sizeof(float));
    return load(lanes);
}

INLINE void store_part(float* to, Vec v, long n) {
    float lanes[LANES];
    store(lanes, v);
    std::memcpy(to, lanes, n * sizeof(float));
}

INLINE Vec all(float x) { return x - Vec{}; }

INLINE Ints bits(Vec v) {
    Ints i;
    std::memcpy(&i, &v, sizeof i);
    return i;
}

INLINE Vec reals(Ints i) {
    Vec v;
    std::memcpy(&v, &i, sizeof v);
    return v;
}

INLINE Vec larger(Vec a, Vec b) { return a > b ? a : b; }
INLINE Vec smaller(Vec a, Vec b) { return a < b ? a : b; }

// Folds the upper half of the lanes onto the lower one until one is left.
template <class F>
INLINE float folded(Vec v, F f) {
    typedef float Four __attribute__((vector_size(16)));
    Four parts[LANES / 4];
    std::memcpy(parts, &v, sizeof v);
    for (int half = LANES / 8; half; half /= 2)
        for (int i = 0; i < half; i++) parts[i] = f(parts[i], parts[i + half]);
    Four x = parts[0];
    return f(f(x[0], x[2]), f(x[1], x[3]));
}

INLINE float sum(Vec v) {
    return folded(v, [](auto a, auto b) { return a + b; });
}

INLINE float largest(Vec v) {
    return folded(v, [](auto a, auto b) { return a > b ? a : b; });
}

// x = n ln 2 + r: `power` becomes 2^n, the result is e^r - 1. |x| must be below 88.
INLINE Vec reduced_exp(Vec x, Vec& power) {
    const float shift = 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
    Vec shifted = x * 1.44269504f + shift;
    Vec n = shifted - shift;
    Vec r = x - n * 0.693359375f;  // ln 2 in two parts, so that the product is exact
    r = r + n * 2.12194440e-4f;
    power = reals((bits(shifted) + 127) << 23);
    Vec series = all(1.0f / 5040);
    series = series * r + 1.0f / 720;
    series = series * r + 1.0f / 120;
    series = series * r + 1.0f / 24;
    series = series * r + 1.0f / 6;
    series = series * r + 0.5f;
    return series * r * r + r;
}

INLINE Vec exp(Vec x) {
    Vec power;
    Vec rest = reduced_exp(smaller(larger(x, all(-87.0f)), all(87.0f)), power);
    return rest * power + power;
}

INLINE Vec sigmoid(Vec x) { return 1.0f / (1.0f + exp(-x)); }

INLINE Vec tanh(Vec x) {
    Vec power;
    Vec rest = reduced_exp(2.0f * smaller(larger(x, all(-9.5f)), all(9.5f)), power);
    Vec E = rest * power + (power - 1.0f);
    return E / (E + 2.0f);
}

// Calls f(first lane, lanes) over n floats, whole vectors first, then what is left.
template <class F>
INLINE void over(long n, F f) {
    long i = 0;
    for (; i + LANES <= n; i += LANES) f(i, LANES);
    if (i < n) f(i, n - i);
}

INLINE Vec get(const float* from, long n) { return n == LANES ? load(from) : load_part(from, n); }

INLINE void put(float* to, Vec v, long n) {
    if (n == LANES)
        store(to, v);
    else
        store_part(to, v, n);
}

}  // namespace ISA
}  // namespace seqloom
