// Luong's decoder with input feeding over a whole target while it is trained, and the way back: LSTM
// layers, attention by products, the attentional state fed to the lowest layer.
//
//     a0_t = x_t + F s~_{t-1} + R0 h0_{t-1},  al_t = Wl y_t + bl + Rl hl_{t-1},  y_t = h(l-1)_t noise
//     c_t  = attention of q_t, the state of the highest layer          (asking.hpp)
//     z_t  = tanh(W_c [c_t ; q_t]),  s~_t = z_t kept
//
// Rows do not know of each other, so each thread takes some of them through all steps: threads meet once,
// not at every product. Weights are packed once for all steps. Their gradients are left to the caller, who
// makes one product of all steps; what it is made of is kept (da of each layer, and dz, the gradient before
// the tanh). `rounded` multiplies in bfloat16, by tiles.hpp.
//
// Sizes: T steps, N rows, S source positions, D features of a state and of a key, H of a value.
#pragma once

#include <cstdint>

namespace seqloom {

// [4D, D] R and W, [4D] b; the lowest layer has no W, b, noise and entering. Without noise `entering` is
// null too: h of the layer below enters. `noise_step` is 0 if all steps share their noise.
struct FedLayer {
    const float *R, *W, *b, *noise;
    int64_t noise_step;
    float *entering, *a, *hs, *cs, *us;  // [T, N, ..], and a first step more for hs and cs
    float *da, *dh, *dc;                 // [T, N, 4D]; [N, D], zeros at first
};

struct Fed {
    int64_t T, N, S, D, H, layers, threads, rounded;
    const float *F, *W_c;                      // [4D, D], [D, H + D]
    const float *projected, *keys, *values, *padding;  // [T, N, 4D], [N, S, D], [N, S, H], [N, S]
    const float* kept;                         // [T, N, D], or null
    int64_t kept_step;
    FedLayer* layer;
    float *z, *s;               // [T, N, D], null without `kept`; [T + 1, N, D], the first given
    float *weights, *contexts;  // [T, N, S], [T, N, H]
    const float *ds, *dweights;  // [T, N, D], [T, N, S] or null
    float *dz, *dkeys, *dvalues, *dfed;  // [T, N, D]; zeros at first: like keys, values; [N, D]
};

void fed_on(const Fed&);
void fed_back(const Fed&);

}  // namespace seqloom
