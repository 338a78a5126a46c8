// What training has compiled, as plain C functions for ctypes: the pointwise part of cells (gates.hpp),
// attention inside a loop (asking.hpp), cross-entropy (entropy.hpp), and a decoder's whole loop (fed.hpp).
// Arrays are contiguous; nothing is checked. The loop returns what `guarded` does.
#include <vector>

#include "fed.hpp"
#include "guarded.hpp"
#include "rounded.hpp"
#include "routines.hpp"

#define API extern "C" __attribute__((visibility("default")))

using namespace seqloom;

static const Routines& best() {
    static const Routines* chosen = routines(nullptr);
    return *chosen;
}

API void seqloom_lstm_on(float* a, const float* c, int64_t N, int64_t D, float* h, float* new_c,
                         float* u) {
    best().lstm_on(a, c, N, D, h, new_c, u);
}

API void seqloom_lstm_back(const float* gates, const float* c, const float* u, const float* dh,
                           int64_t N, int64_t D, float* dc, float* da) {
    best().lstm_back(gates, c, u, dh, N, D, dc, da);
}

API void seqloom_gru_on(const float* x, float* a, const float* b_n, const float* h, int64_t N,
                        int64_t D, float* candidate, float* new_h) {
    best().gru_on(x, a, b_n, h, N, D, candidate, new_h);
}

API void seqloom_gru_back(const float* a, const float* candidate, const float* h, int64_t N, int64_t D,
                          float* dh, float* da, float* dx) {
    best().gru_back(a, candidate, h, N, D, dh, da, dx);
}

API void seqloom_ask_on(const float* query, const float* keys, const float* values,
                        const float* padding, int64_t B, int64_t S, int64_t K, int64_t H,
                        float* weights, float* context) {
    best().ask_on(query, keys, values, padding, B, S, K, H, weights, context);
}

API void seqloom_ask_back(const float* query, const float* keys, const float* values,
                          const float* padding, const float* weights, const float* d_context,
                          const float* d_weights, int64_t B, int64_t S, int64_t K, int64_t H,
                          float* d_query, float* d_keys, float* d_values) {
    std::vector<float> room(S);
    best().ask_back(query, keys, values, padding, weights, d_context, d_weights, B, S, K, H,
                    room.data(), d_query, d_keys, d_values);
}

// Room for a position's logits, filled up to whole vectors of any instruction set.
static std::vector<float> room_for(int64_t V) { return std::vector<float>(V + 32); }

API void seqloom_entropy32(float* z, const float* b, const int64_t* y, int64_t n, int64_t V,
                           float smoothing, float* nll, float* uniform, float* db) {
    best().entropy32(z, b, y, n, V, smoothing, room_for(V).data(), nll, uniform, db);
}

API void seqloom_entropy16(uint16_t* z, const float* b, const int64_t* y, int64_t n, int64_t V,
                           float smoothing, float* nll, float* uniform, float* db) {
    best().entropy16(z, b, y, n, V, smoothing, room_for(V).data(), nll, uniform, db);
}

// Whether products in bfloat16 are made here.
API int seqloom_rounds() { return rounding() != nullptr; }

API int seqloom_round(const float* weight, int64_t output_step, int64_t input_step, int64_t outputs,
                      int64_t inputs, uint16_t* tiles, int threads) {
    return guarded([&] {
        round_weight({weight, output_step, input_step}, outputs, inputs, tiles, threads);
    });
}

API int seqloom_rounded_product(const uint16_t* tiles, int64_t outputs, int64_t inputs, const float* x,
                                int64_t row_step, int64_t input_step, int64_t rows, const float* from,
                                float* y, int threads) {
    return guarded([&] {
        rounded_product(tiles, outputs, inputs, {x, row_step, input_step}, rows, from, y, threads);
    });
}

API int seqloom_fed_on(const Fed* decoder) {
    return guarded([&] { fed_on(*decoder); });
}

API int seqloom_fed_back(const Fed* decoder) {
    return guarded([&] { fed_back(*decoder); });
}
