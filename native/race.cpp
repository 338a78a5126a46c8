#include "race.hpp"

#include <algorithm>
#include <limits>

namespace seqloom {

static const double kNever = -std::numeric_limits<double>::infinity();

Race::Race(const Wanted& wanted, long limit, long positions)
    : wanted_(wanted),
      limit_(limit),
      positions_(positions),
      longest_penalty_(wanted.penalty(limit + 1)),
      bar_(kNever),
      nodes_{{kSos, 0.0f, -1, 0}},
      live_{{0, 0.0}} {}

void Race::step(const int64_t* ids, const float* log_probs, long k, const float* weights,
                long apart) {
    for (size_t row = 0; row < live_.size(); row++) {
        nodes_[live_[row].node].paid = static_cast<long>(weights_.size());
        if (weights)
            weights_.insert(weights_.end(), weights + row * apart, weights + row * apart + positions_);
    }
    std::vector<Place> best = ranked(ids, log_probs, k);
    finish(best, ids, log_probs, k);
    std::vector<Live> before = live_;
    go_on(best, ids, log_probs, k);
    if (length_ >= limit_ || (live_.empty() && endings_.empty())) cut_off(before);
    if (length_ >= limit_) live_.clear();
    length_++;
}

// All continuations of any probability, best first; a tie is decided by row and rank.
std::vector<Race::Place> Race::ranked(const int64_t* ids, const float* log_probs, long k) const {
    std::vector<Place> places;
    for (long row = 0; row < static_cast<long>(live_.size()); row++)
        for (long rank = 0; rank < k; rank++) {
            double log_prob = live_[row].log_prob + log_probs[row * k + rank];
            if (log_prob > kNever) places.push_back({row, rank, log_prob});
        }
    // W of them may end, and W others go on.
    size_t enough = std::min<size_t>(places.size(), 2 * wanted_.beam);
    std::partial_sort(places.begin(), places.begin() + enough, places.end(),
                      [](const Place& a, const Place& b) {
                          if (a.log_prob != b.log_prob) return a.log_prob > b.log_prob;
                          return a.row != b.row ? a.row < b.row : a.rank < b.rank;
                      });
    places.resize(enough);
    return places;
}

// What ends is an output, and raises what others have to beat.
void Race::finish(const std::vector<Place>& ranked, const int64_t* ids, const float* log_probs,
                  long k) {
    size_t before = endings_.size();
    for (size_t i = 0; i < ranked.size() && i < static_cast<size_t>(wanted_.beam); i++) {
        const Place& place = ranked[i];
        long at = place.row * k + place.rank;
        if (ids[at] == kEos)
            endings_.push_back({live_[place.row].node, length_,
                                place.log_prob / wanted_.penalty(length_ + 1), true, log_probs[at]});
    }
    size_t n = wanted_.nbest;
    if (endings_.size() == before || endings_.size() < n) return;
    std::vector<double> scores;
    for (const Ending& ending : endings_) scores.push_back(ending.score);
    std::nth_element(scores.begin(), scores.begin() + (n - 1), scores.end(), std::greater<>());
    bar_ = scores[n - 1];
}

void Race::go_on(const std::vector<Place>& ranked, const int64_t* ids, const float* log_probs,
                 long k) {
    std::vector<Live> next;
    parents_.clear();
    for (const Place& place : ranked) {
        long at = place.row * k + place.rank;
        if (ids[at] == kEos) continue;
        bool may_win = place.log_prob / longest_penalty_ >= bar_;
        if (!may_win || next.size() == static_cast<size_t>(wanted_.beam)) break;
        next.push_back({static_cast<int>(nodes_.size()), place.log_prob});
        parents_.push_back(place.row);
        nodes_.push_back({ids[at], log_probs[at], live_[place.row].node, 0});
    }
    live_ = std::move(next);
}

// Takes hypotheses as they are, in case too few finish; one that has just finished is one already.
void Race::cut_off(const std::vector<Live>& hypotheses) {
    size_t finished = endings_.size();
    for (const Live& live : hypotheses) {
        bool ended = std::any_of(endings_.begin(), endings_.begin() + finished,
                                 [&](const Ending& ending) { return ending.node == live.node; });
        if (!ended)
            endings_.push_back(
                {live.node, length_, live.log_prob / wanted_.penalty(length_), false, 0.0f});
    }
}

std::vector<Output> Race::outputs() const {
    std::vector<Output> found;
    for (const Ending& ending : endings_)
        if (bar_ == kNever || (ending.finished && ending.score >= bar_))
            found.push_back(read(ending));
    std::sort(found.begin(), found.end(), [](const Output& a, const Output& b) {
        if (a.finished != b.finished) return a.finished;
        return a.score != b.score ? a.score > b.score : a.tokens < b.tokens;
    });
    if (found.size() > static_cast<size_t>(wanted_.nbest)) found.resize(wanted_.nbest);
    return found;
}

Output Race::read(const Ending& ending) const {
    Output output;
    long steps = ending.length + ending.finished, S = weights_.empty() ? 0 : positions_;
    output.tokens.resize(ending.length);
    output.log_probs.resize(steps);
    output.weights.resize(steps * S);
    output.score = ending.score;
    output.finished = ending.finished;
    auto paid = [&](long t, int node) {
        auto from = weights_.begin() + nodes_[node].paid;
        std::copy(from, from + S, output.weights.begin() + t * S);
    };
    if (ending.finished) {
        output.log_probs[ending.length] = ending.eos;
        paid(ending.length, ending.node);
    }
    int node = ending.node;
    for (long t = ending.length - 1; t >= 0; t--) {
        output.tokens[t] = nodes_[node].token;
        output.log_probs[t] = nodes_[node].log_prob;
        node = nodes_[node].before;
        paid(t, node);
    }
    return output;
}

}  // namespace seqloom
