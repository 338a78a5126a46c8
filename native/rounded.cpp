#include "rounded.hpp"

#include <algorithm>

#include "pool.hpp"
#include "routines.hpp"

namespace seqloom {

namespace {

constexpr long kSide = Rounding::kSide, kWorthAThread = 1 << 26, kPacked = 1 << 20;

// Cuts so many units into parts, one for each thread that is worth its while.
template <class F>
void in_parts(long units, long worth, int threads, F work) {
    long parts = std::max(1L, std::min({units, worth, static_cast<long>(threads)}));
    auto part = [&](long i) { work(i * units / parts, (i + 1) * units / parts); };
    if (parts == 1) return part(0);
    run_parts(parts, part, threads);
}

long sides(long count) { return (count + kSide - 1) / kSide; }

}  // namespace

void round_weight(const Strided& weight, int64_t outputs, int64_t inputs, uint16_t* tiles, int threads) {
    in_parts(sides(outputs), outputs * inputs / kPacked, threads, [&](long first, long next) {
        first *= kSide;
        long count = std::min(next * kSide, outputs) - first;
        rounding()->round(weight.data + first * weight.step, weight.step, weight.input_step, count, inputs,
                          tiles + first * sides(inputs) * kSide);
    });
}

void rounded_product(const uint16_t* tiles, int64_t outputs, int64_t inputs, const Strided& x, int64_t rows,
                     const float* from, float* y, int threads) {
    Panels W{nullptr, nullptr, nullptr, nullptr, outputs, inputs, tiles};
    in_parts(sides(rows), rows * outputs * inputs / kWorthAThread, threads, [&](long first, long next) {
        first *= kSide;
        long count = std::min(next * kSide, rows) - first, at = first * outputs;
        rounding()->multiply(W, x.data + first * x.step, x.step, x.input_step, count,
                             from ? from + at : nullptr, outputs, y + at, outputs);
    });
}

}  // namespace seqloom
