// What differs from one instruction set to the next: the inner loops, as a table of functions.
//
// Every isa_*.cpp compiles the same text (product.hpp, cells.hpp, ...) for its instruction set;
// `routines` picks the best table that this processor can run. All functions work row by row and add
// in an order that depends on the row's own sizes alone, so what is computed for a source is the
// same, bit for bit, whichever others are beside it.
//
// Sizes: N rows, D features of a state, K of a key, H of a value, S source positions, V vocabulary.
#pragma once

#include <cstdint>

namespace seqloom {

// A matrix in panels: `panel` outputs side by side, input after input. Outputs are filled up with
// zeros to whole panels. Weights are floats, or bytes with one factor for each output.
struct Panels {
    const float* weights;
    const int8_t* bytes;
    const float* factors;
    const float* bias;  // null, or one for each output, filled up as well
    long outputs, inputs;
    const uint16_t* tiles = nullptr;  // in bfloat16 instead, as tiles.hpp has them
};

// y[row] = from[row] + W x[row], or W x[row] + b where `from` is null; it may be y. Rows stand `x_step`,
// `from_step`, `y_step` apart.
using Multiply = void(const Panels&, const float* x, long x_step, long rows, const float* from,
                      long from_step, float* y, long y_step);

struct Routines {
    const char* name;
    long panel;
    Multiply* multiply;
    // One row of a cell: gates from the input half `x` and the recurrent half `r`.
    void (*elman)(const float* x, const float* r, long D, float* h);
    void (*lstm)(const float* x, const float* r, const float* c, long D, float* h, float* new_c);
    void (*gru)(const float* x, const float* r, const float* b_n, const float* h, long D, float* new_h);
    // N rows of a cell while it is trained, and the way back (gates.hpp).
    void (*lstm_on)(float* a, const float* c, long N, long D, float* h, float* new_c, float* u);
    void (*lstm_back)(const float* gates, const float* c, const float* u, const float* dh, long N,
                      long D, float* dc, float* da);
    void (*gru_on)(const float* x, float* a, const float* b_n, const float* h, long N, long D,
                   float* candidate, float* new_h);
    void (*gru_back)(const float* a, const float* candidate, const float* h, long N, long D, float* dh,
                     float* da, float* dx);
    // Attention in a training loop, and the way back (asking.hpp).
    void (*ask_on)(const float* query, const float* keys, const float* values, const float* padding,
                   long B, long S, long K, long H, float* weights, float* context);
    void (*ask_back)(const float* query, const float* keys, const float* values, const float* padding,
                     const float* weights, const float* d_context, const float* d_weights, long B,
                     long S, long K, long H, float* room, float* d_query, float* d_keys,
                     float* d_values);
    // Cross-entropy, and its gradient in the place of the logits (entropy.hpp).
    void (*entropy32)(float* z, const float* b, const int64_t* y, long n, long V, float smoothing,
                      float* room, float* nll, float* uniform, float* db);
    void (*entropy16)(uint16_t* z, const float* b, const int64_t* y, long n, long V, float smoothing,
                      float* room, float* nll, float* uniform, float* db);
    // One query against the S keys of its source.
    void (*energies_dot)(const float* query, const float* keys, long S, long K, float* energies);
    void (*energies_tanh)(const float* query, const float* keys, const float* v, long S, long K,
                          float* energies);
    void (*softmax)(float* energies, long S);
    void (*mix)(const float* weights, const float* values, long S, long H, float* mixed);
    void (*add)(const float* x, long n, float* y);
    void (*tanh)(float* x, long n);
    void (*pair_max)(const float* x, const float* y, long n, float* larger);
    // log sum_v exp(logits_v), the largest logit taken out. `tops` has room for V / 16 + 1 floats,
    // which `best` looks at.
    void (*log_sum)(const float* logits, long V, float* tops, float* largest, float* log_of_sum);
    // The k largest, best first, the smaller id first among equals. Since `log_sum` saw them, logits
    // may have fallen, but none behind the first 16.
    void (*best)(const float* logits, long V, float* tops, long k, int64_t* ids, float* values);
};

// Products in bfloat16. A weight has outputs and inputs so many numbers apart, x its rows and inputs; one
// of both always stands side by side. `to` has room for outputs and inputs, both filled up to kSide.
struct Rounding {
    static constexpr long kSide = 32;
    void (*multiply)(const Panels&, const float* x, long row_step, long input_step, long rows,
                     const float* from, long from_step, float* y, long y_step);
    void (*round)(const float* weight, long output_step, long input_step, long outputs, long inputs,
                  uint16_t* to);
};

// Null where the processor has no matrix tiles.
const Rounding* rounding();

const Routines* plain_routines();
const Routines* avx2_routines();    // null where the compiler had no such instructions
const Routines* avx512_routines();

// The best table for this processor, or the one of that name; null if it cannot run here.
const Routines* routines(const char* name);

}  // namespace seqloom
