// The beam of one source: its hypotheses, and the outputs that ended.
//
// A hypothesis is a node that knows its last token and the node it continues. It ends when its <eos>
// is among the best continuations, and the best others go on. Tokens only lower log p, so the best
// that a hypothesis can still reach is
//
//     log p so far / penalty of the longest output
//
// and once that is below the n-th best output, neither it nor anything ranked behind it can be among
// the n best: it is dropped, which a search that waits for the best hypothesis to fall behind would
// not do, though it finds the same.
#pragma once

#include "search.hpp"

namespace seqloom {

class Race {
public:
    struct Live {
        int node;
        double log_prob;
    };

    Race(const Wanted& wanted, long limit, long positions);

    // The hypotheses in flight, best first.
    const std::vector<Live>& live() const { return live_; }
    int64_t token(long row) const { return nodes_[live_[row].node].token; }
    // Of a hypothesis after `step`: the row, before it, of what it continues.
    long parent(long row) const { return parents_[row]; }

    // One step: the k best candidates of each row, best first, and what it paid to each position
    // (null without attention; rows `apart` from each other).
    void step(const int64_t* ids, const float* log_probs, long k, const float* weights, long apart);

    // The n best outputs, best first; those that were cut off come last.
    std::vector<Output> outputs() const;

private:
    struct Node {
        int64_t token;
        float log_prob;
        int before;
        long paid;  // where the weights begin that it paid for what follows it
    };
    struct Ending {
        int node;
        long length;  // without <eos>
        double score;
        bool finished;
        float eos;
    };
    struct Place {
        long row, rank;
        double log_prob;
    };

    std::vector<Place> ranked(const int64_t* ids, const float* log_probs, long k) const;
    void finish(const std::vector<Place>& ranked, const int64_t* ids, const float* log_probs, long k);
    void go_on(const std::vector<Place>& ranked, const int64_t* ids, const float* log_probs, long k);
    void cut_off(const std::vector<Live>& hypotheses);
    Output read(const Ending& ending) const;

    const Wanted& wanted_;
    long limit_, positions_, length_ = 0;
    double longest_penalty_, bar_;
    std::vector<Node> nodes_;
    std::vector<Live> live_;
    std::vector<long> parents_;
    std::vector<Ending> endings_;
    std::vector<float> weights_;
};

}  // namespace seqloom
