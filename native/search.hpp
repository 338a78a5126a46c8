// What may follow a row, and the greedy search as one call.
#pragma once

#include "network.hpp"

namespace seqloom {

constexpr int64_t kPad = 0, kSos = 2, kEos = 3;

// The k best tokens of one row and their log probabilities, normalised over all of V. <pad> and
// <sos> are never among the best, nor is <eos> unless it may end. Writes into `logits`.
void candidates(const Routines& routines, float* logits, long V, bool may_end, long k, int64_t* ids,
                float* log_probs, int64_t wanted = -1, float* wanted_log_prob = nullptr);

// An output of greedy search. log_probs and weights have an entry for <eos> if it is finished.
struct Output {
    std::vector<int64_t> tokens;
    std::vector<float> log_probs, weights;
    bool finished = false;
};

// The likeliest token, step after step, until <eos> or `limits` tokens. outputs[b] for each source.
void greedy(const Network& network, const Sources& sources, const int64_t* limits, long min_length,
            Output* outputs, Arena& arena);

}  // namespace seqloom
