// Products in bfloat16 of arrays that belong to the caller, for training.
#pragma once

#include <cstdint>

namespace seqloom {

// Outputs and inputs of W, or rows and inputs of x, stand so many floats apart; one of the steps is 1.
struct Strided {
    const float* data;
    int64_t step, input_step;
};

// Rounds a weight [outputs, inputs] into tiles: 16 bits for each of both, filled up to 32.
void round_weight(const Strided& weight, int64_t outputs, int64_t inputs, uint16_t* tiles, int threads);

// y = from + W x; `from` may be null, or y. Rows of both stand `outputs` apart.
void rounded_product(const uint16_t* tiles, int64_t outputs, int64_t inputs, const Strided& x, int64_t rows,
                     const float* from, float* y, int threads);

}  // namespace seqloom
