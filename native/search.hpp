// What may follow a row, and the searches as one call: greedy, and plain beam search.
#pragma once

#include "network.hpp"

namespace seqloom {

constexpr int64_t kPad = 0, kSos = 2, kEos = 3;

// The k best tokens of one row and their log probabilities, normalised over all of V. <pad> and
// <sos> are never among the best, nor is <eos> unless it may end. Writes into `logits`; `tops` has
// room for V / 16 + 1 floats.
void candidates(const Routines& routines, float* logits, long V, float* tops, bool may_end, long k,
                int64_t* ids, float* log_probs, int64_t wanted = -1,
                float* wanted_log_prob = nullptr);

// What the searches below follow of the settings; `length_penalty` is its exponent.
struct Wanted {
    long beam, nbest, min_length;
    double length_penalty;

    // By what the log probability of so many tokens is divided, <eos> counted.
    double penalty(long length) const;
};

// log_probs and weights have an entry for <eos> if the output is finished.
struct Output {
    std::vector<int64_t> tokens;
    std::vector<float> log_probs, weights;
    double score = 0.0;
    bool finished = false;
};

// The n best of each source, best first.
using Outputs = std::vector<std::vector<Output>>;

// The likeliest token, step after step, until <eos> or `limits` tokens. One output for each source.
void greedy(const Network& network, const Sources& sources, const int64_t* limits,
            const Wanted& wanted, std::vector<Output>* outputs, Arena& arena);

// The search of seqloom/search/beam.py, as far as `Wanted` goes: the same outputs and scores.
void beam(const Network& network, const Sources& sources, const int64_t* limits,
          const Wanted& wanted, std::vector<Output>* outputs, Arena& arena);

// Sources that were read for a search, with room for `rows` hypotheses in a step.
struct Started {
    Memory memory;
    std::vector<int64_t> begin, end;
    float *state, *next, *logits, *weights, *tops;
    long longest = 0;

    Started(const Network& network, const Sources& sources, long rows, Arena& arena);
};

}  // namespace seqloom
