#include "search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace seqloom {

void candidates(const Routines& routines, float* logits, long V, float* tops, bool may_end, long k,
                int64_t* ids, float* log_probs, int64_t wanted, float* wanted_log_prob) {
    float most, log_of_sum;
    routines.log_sum(logits, V, tops, &most, &log_of_sum);
    if (wanted_log_prob) *wanted_log_prob = logits[wanted] - most - log_of_sum;
    const float never = -std::numeric_limits<float>::infinity();
    logits[kPad] = logits[kSos] = never;
    if (!may_end) logits[kEos] = never;
    routines.best(logits, V, tops, k, ids, log_probs);
    for (long i = 0; i < k; i++) log_probs[i] = log_probs[i] - most - log_of_sum;
}

double Wanted::penalty(long length) const {
    return std::pow((5.0 + static_cast<double>(length)) / 6.0, length_penalty);
}

Started::Started(const Network& network, const Sources& sources, long rows, Arena& arena) {
    const Decoder& decoder = network.decoder;
    long B = sources.count, P = sources.positions(), V = decoder.vocabulary();
    float* keys = arena.take(P * decoder.keys());
    float* values = arena.take(P * decoder.values());
    float* summary = arena.take(B * decoder.summary());
    state = arena.take(rows * decoder.state());
    next = arena.take(rows * decoder.state());
    for (long b = 0; b < B; b++) {
        begin.push_back(sources.start[b] - sources.start[0]);
        end.push_back(sources.start[b + 1] - sources.start[0]);
        longest = std::max(longest, sources.length(b));
    }
    auto mark = arena.mark();
    Encoded encoded = network.encoder.read(sources, arena);
    decoder.start(sources, encoded, keys, values, summary, state);
    arena.back_to(mark);
    weights = arena.take(decoder.attends() ? rows * longest : 0);
    logits = arena.take(rows * V);
    tops = arena.take(V / 16 + 1);
    memory = {keys, values, begin.data(), end.data(), summary};
}

void greedy(const Network& network, const Sources& sources, const int64_t* limits,
            const Wanted& wanted, std::vector<Output>* outputs, Arena& arena) {
    const Decoder& decoder = network.decoder;
    long B = sources.count, V = decoder.vocabulary();
    Started search(network, sources, B, arena);
    std::vector<long> going(B);  // which sources are not done; each is one row
    std::vector<int64_t> tokens(B, kSos), from(B);
    for (long b = 0; b < B; b++) {
        going[b] = from[b] = b;
        outputs[b].resize(1);
    }
    for (long t = 0; !going.empty(); t++) {
        Rows rows{static_cast<long>(going.size()), tokens.data(), going.data(), from.data()};
        decoder.step(search.memory, rows, search.state, search.next, search.logits, search.weights,
                     search.longest, arena);
        std::swap(search.state, search.next);
        long kept = 0;
        for (long row = 0; row < rows.count; row++) {
            long b = going[row];
            Output& output = outputs[b][0];
            int64_t token = kEos;
            float log_prob;
            candidates(*network.routines, search.logits + row * V, V, search.tops,
                       t >= wanted.min_length, 1, &token, &log_prob);
            output.finished = token == kEos;
            bool takes = output.finished || t < limits[b];
            if (takes) {
                if (!output.finished) output.tokens.push_back(token);
                output.log_probs.push_back(log_prob);
                output.score += log_prob;
                const float* paid = search.weights + row * search.longest;
                if (decoder.attends())
                    output.weights.insert(output.weights.end(), paid, paid + sources.length(b));
            }
            if (!takes || output.finished) {
                output.score /= wanted.penalty(t + output.finished);
                continue;
            }
            going[kept] = b;
            tokens[kept] = token;
            from[kept++] = row;
        }
        going.resize(kept);
    }
}

}  // namespace seqloom
