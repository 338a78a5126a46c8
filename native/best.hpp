// What a readout's row says: the sum that normalises it, and its k best.
//
// The row is cut into stretches of a few vectors. The pass that looks for the largest value, which
// the sum needs first, notes the largest of each stretch; `best` then looks only into stretches that
// reach the k-th largest of these. That is no more than k of them where no two are equal.
#pragma once

#include <cstdint>
#include <limits>

#include "attend.hpp"

namespace seqloom {
namespace ISA {

constexpr long STRETCH = 4 * LANES;

INLINE long stretch_end(long first, long V) { return first + STRETCH < V ? first + STRETCH : V; }

static float top_of(const float* x, long n) {
    if (n < STRETCH) return max_of(x, n);
    return largest(larger(larger(load(x), load(x + LANES)),
                          larger(load(x + 2 * LANES), load(x + 3 * LANES))));
}

static void log_sum(const float* logits, long V, float* tops, float* most, float* log_of_sum) {
    *most = logits[0];
    for (long i = 0; i < V; i += STRETCH) {
        float top = tops[i / STRETCH] = top_of(logits + i, stretch_end(i, V) - i);
        *most = top > *most ? top : *most;
    }
    Vec total{};
    over(V, [&](long i, long n) {
        total += n == LANES ? exp(load(logits + i) - *most) : exp_part(logits + i, *most, n);
    });
    *log_of_sum = std::log(sum(total));
}

// Puts a value in its place among the `count` there are, behind its equals.
static void insert(int64_t id, float value, long count, int64_t* ids, float* values) {
    long at = count;
    for (; at > 0 && value > values[at - 1]; at--) {
        ids[at] = ids[at - 1];
        values[at] = values[at - 1];
    }
    ids[at] = id;
    values[at] = value;
}

// Keeps the k best of what is offered one after the other.
struct Kept {
    long k;
    int64_t* ids;
    float* values;
    long count = 0;

    void offer(int64_t id, float value) {
        if (count < k)
            insert(id, value, count++, ids, values);
        else if (value > values[k - 1])
            insert(id, value, k - 1, ids, values);
    }
};

static void best(const float* logits, long V, float* tops, long k, int64_t* ids, float* values) {
    tops[0] = top_of(logits, stretch_end(0, V));  // some of the first may be ruled out since
    long stretches = (V + STRETCH - 1) / STRETCH;
    float enough = -std::numeric_limits<float>::infinity();
    if (stretches > k) {
        Kept highest{k, ids, values};
        for (long s = 0; s < stretches; s++) highest.offer(s, tops[s]);
        enough = values[k - 1];
    }
    Kept kept{k, ids, values};
    for (long s = 0; s < stretches; s++) {
        if (tops[s] < enough) continue;
        for (long i = s * STRETCH; i < stretch_end(s * STRETCH, V); i++) kept.offer(i, logits[i]);
    }
}

}  // namespace ISA
}  // namespace seqloom
