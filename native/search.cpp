#include "search.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>

namespace seqloom {

void candidates(const Routines& routines, float* logits, long V, bool may_end, long k, int64_t* ids,
                float* log_probs, int64_t wanted, float* wanted_log_prob) {
    float most, log_of_sum;
    routines.log_sum(logits, V, &most, &log_of_sum);
    if (wanted_log_prob) *wanted_log_prob = logits[wanted] - most - log_of_sum;
    const float never = -std::numeric_limits<float>::infinity();
    logits[kPad] = logits[kSos] = never;
    if (!may_end) logits[kEos] = never;
    routines.best(logits, V, k, ids, log_probs);
    for (long i = 0; i < k; i++) log_probs[i] = log_probs[i] - most - log_of_sum;
}

namespace {

// The sources that are not done, in rows of their own that close up when one leaves.
struct Rows {
    std::vector<long> source;
    std::vector<int64_t> begin, end, tokens;
    float *state, *next, *summary;
    long state_size, summary_size;

    long count() const { return static_cast<long>(source.size()); }

    void move(long from, long to) {
        if (from == to) return;
        source[to] = source[from];
        begin[to] = begin[from];
        end[to] = end[from];
        tokens[to] = tokens[from];
        std::memcpy(state + to * state_size, state + from * state_size, state_size * sizeof(float));
        if (summary_size)
            std::memcpy(summary + to * summary_size, summary + from * summary_size,
                        summary_size * sizeof(float));
    }

    void cut(long count) {
        source.resize(count);
        begin.resize(count);
        end.resize(count);
        tokens.resize(count);
    }
};

}  // namespace

void greedy(const Network& network, const Sources& sources, const int64_t* limits, long min_length,
            Output* outputs, Arena& arena) {
    const Decoder& decoder = network.decoder;
    long B = sources.count, P = sources.positions(), V = decoder.vocabulary();
    Encoded encoded = network.encoder.read(sources, arena);
    float* keys = arena.take(P * decoder.keys());
    float* values = arena.take(P * decoder.values());
    Rows rows;
    rows.state_size = decoder.state();
    rows.summary_size = decoder.summary();
    rows.summary = arena.take(B * rows.summary_size);
    rows.state = arena.take(B * rows.state_size);
    rows.next = arena.take(B * rows.state_size);
    decoder.start(sources, encoded, keys, values, rows.summary, rows.state);
    long longest = 0;
    for (long b = 0; b < B; b++) {
        rows.source.push_back(b);
        rows.begin.push_back(sources.start[b] - sources.start[0]);
        rows.end.push_back(sources.start[b + 1] - sources.start[0]);
        rows.tokens.push_back(kSos);
        longest = std::max(longest, sources.length(b));
    }
    float* logits = arena.take(B * V);
    float* weights = decoder.attends() ? arena.take(B * longest) : nullptr;
    for (long t = 0; rows.count(); t++) {
        Memory memory{keys, values, rows.begin.data(), rows.end.data(),
                      rows.summary, rows.count(), 1};
        decoder.step(memory, rows.tokens.data(), rows.state, rows.next, logits, weights, longest,
                     arena);
        std::swap(rows.state, rows.next);
        long kept = 0;
        for (long row = 0; row < rows.count(); row++) {
            long b = rows.source[row];
            Output& output = outputs[b];
            int64_t token = kEos;
            float log_prob;
            candidates(*network.routines, logits + row * V, V, t >= min_length, 1, &token, &log_prob);
            output.finished = token == kEos;
            if (!output.finished && t >= limits[b]) continue;
            if (!output.finished) output.tokens.push_back(token);
            output.log_probs.push_back(log_prob);
            if (weights) {
                const float* paid = weights + row * longest;
                output.weights.insert(output.weights.end(), paid, paid + sources.length(b));
            }
            if (output.finished) continue;
            rows.tokens[row] = token;
            rows.move(row, kept++);
        }
        rows.cut(kept);
    }
}

}  // namespace seqloom
