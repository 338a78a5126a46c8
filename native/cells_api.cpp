// The pointwise part of cells in training, as plain C functions for ctypes (gates.hpp, routines.hpp).
// Arrays are contiguous, N rows; nothing is checked.
#include "routines.hpp"

#define API extern "C" __attribute__((visibility("default")))

static const seqloom::Routines& best() {
    static const seqloom::Routines* chosen = seqloom::routines(nullptr);
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
