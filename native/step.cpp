// One step of the decoders, as a few products:
//
//     x     = W e(y) + b  (and U e(y) beside it, where the readout sees the token)
//     asks with the state before (Bahdanau):  x += sum_j a_j [C h_j ; U h_j]
//     one fixed context (Cho):                x += [C c ; U c]
//     input feeding (Luong):                  x += F s~
//     s     = the layers of cells
//     asks with the new state (Luong):        s~ = tanh(W_s s + sum_j a_j W_c h_j)
//     readout of s~ or s; with maxout of pairs in U s + x
//
// A row's state is the h (and c) of every layer in turn, then s~ if it is fed.
//
// The rows of a beam are fewer than they seem: several continue one hypothesis, and what is made of
// the state before (F s~, R h, the attention of Bahdanau) is the same for all of them. So that is made
// for each of the M states once, and for a token that several rows are fed, once as well.
#include <algorithm>
#include <cstring>

#include "network.hpp"

namespace seqloom {

namespace {

// The states that N rows continue: each once, in the order of the rows.
struct Parents {
    long count = 0;            // M
    const float* states;       // [M, D]
    std::vector<long> of_row;  // [N]: which of them a row continues
    std::vector<long> source;  // [M]
};

Parents parents_of(const Rows& rows, const float* before, long D, Arena& arena) {
    Parents parents;
    long states = 0;
    for (long n = 0; n < rows.count; n++) states = std::max<long>(states, rows.from[n] + 1);
    std::vector<long> place(states, -1);
    std::vector<int64_t> kept;
    for (long n = 0; n < rows.count; n++) {
        long& at = place[rows.from[n]];
        if (at < 0) {
            at = parents.count++;
            kept.push_back(rows.from[n]);
            parents.source.push_back(rows.source[n]);
        }
        parents.of_row.push_back(at);
    }
    bool side_by_side = true;
    for (long m = 0; m < parents.count; m++) side_by_side &= kept[m] == kept[0] + m;
    if (side_by_side) {
        parents.states = before + kept[0] * D;
        return parents;
    }
    float* states_of = arena.take(parents.count * D);
    for (long m = 0; m < parents.count; m++)
        std::memcpy(states_of + m * D, before + kept[m] * D, D * sizeof(float));
    parents.states = states_of;
    return parents;
}

}  // namespace

void Decoder::step(const Memory& memory, const Rows& rows, const float* before, float* after,
                   float* logits, float* weights, long longest, Arena& arena) const {
    long N = rows.count, X = fed_.outputs(), G = cells_[0].gates(), D = cells_[0].hidden();
    long top = state_ - (feed_ ? D : 0) - cells_[0].parts() * D;  // where the last layer's h begins
    auto mark = arena.mark();
    Parents parents = parents_of(rows, before, state_, arena);
    long M = parents.count;
    const std::vector<long>& parent = parents.of_row;
    float* x = arena.take(N * X);
    fed_.look_up(rows.tokens, N, x, X, arena);
    if (kind_ == Kind::bahdanau) {
        float* mixed = arena.take(M * value_size_);
        float* paid = M == N ? weights : arena.take(M * longest);
        attend(memory, parents.source.data(), M, parents.states + top, mixed, paid, longest, arena);
        for (long n = 0; n < N; n++) {
            routines_->add(mixed + parent[n] * value_size_, X, x + n * X);
            if (paid != weights)
                std::memcpy(weights + n * longest, paid + parent[n] * longest,
                            longest * sizeof(float));
        }
    }
    if (kind_ == Kind::cho)
        for (long n = 0; n < N; n++)
            routines_->add(memory.summary + rows.source[n] * X, X, x + n * X);
    if (feed_) {
        float* fed = arena.take(M * G);
        feed_.multiply(parents.states + state_ - D, state_, M, fed, G);
        for (long n = 0; n < N; n++) routines_->add(fed + parent[n] * G, G, x + n * X);
    }
    layers(x, N, parents.states, M, parent.data(), after, arena);
    float* attended = nullptr;
    if (kind_ == Kind::luong) {
        attended = arena.take(N * D);
        attend(memory, rows.source, N, after + top, attended, weights, longest, arena);
        state_half_.add(after + top, state_, N, attended, D);
        routines_->tanh(attended, N * D);
        for (long n = 0; feed_ && n < N; n++)
            std::memcpy(after + (n + 1) * state_ - D, attended + n * D, D * sizeof(float));
    }
    read_out(x, after + top, attended, N, logits, arena);
    arena.back_to(mark);
}

// All layers, the first one from its gates x, each later one from the h below.
void Decoder::layers(const float* x, long N, const float* before, long M, const long* parent,
                     float* after, Arena& arena) const {
    long G = cells_[0].gates(), x_step = fed_.outputs();
    float* r = arena.take(M * G);
    float* between = cells_.size() > 1 ? arena.take(N * G) : nullptr;
    long D = cells_[0].hidden(), at = 0;
    for (const Cell& cell : cells_) {
        if (at > 0) {
            cell.input().multiply(after + at - cell.parts() * D, state_, N, between, G);
            x = between;
            x_step = G;
        }
        cell.recurrent().multiply(before + at, state_, M, r, G);
        for (long n = 0; n < N; n++)
            cell.advance(x + n * x_step, r + parent[n] * G, before + parent[n] * state_ + at,
                         after + n * state_ + at);
        at += cell.parts() * D;
    }
}

// Each row asks its own source; queries stand `state_` floats apart.
void Decoder::attend(const Memory& memory, const long* source, long rows, const float* query,
                     float* mixed, float* weights, long longest, Arena& arena) const {
    long step = state_;
    if (query_) {
        float* asked = arena.take(rows * key_size_);
        query_.multiply(query, state_, rows, asked, key_size_);
        query = asked;
        step = key_size_;
    }
    for (long row = 0; row < rows; row++) {
        long b = source[row], S = memory.end[b] - memory.begin[b];
        const float* keys = memory.keys + memory.begin[b] * key_size_;
        float* a = weights + row * longest;
        if (query_)
            routines_->energies_tanh(query + row * step, keys, v_.data(), S, key_size_, a);
        else
            routines_->energies_dot(query + row * step, keys, S, key_size_, a);
        routines_->softmax(a, S);
        std::fill(a + S, a + longest, 0.0f);
        routines_->mix(a, memory.values + memory.begin[b] * value_size_, S, value_size_,
                       mixed + row * value_size_);
    }
}

void Decoder::read_out(const float* x, const float* top, const float* attended, long rows,
                       float* logits, Arena& arena) const {
    const float* features = attended ? attended : top;
    long step = attended ? cells_[0].hidden() : state_;
    if (maxout_) {
        long units = maxout_.outputs() / 2, X = fed_.outputs();
        float* sums = arena.take(rows * 2 * units);
        float* largest = arena.take(rows * units);
        maxout_.multiply(top, state_, rows, sums, 2 * units);
        for (long row = 0; row < rows; row++)
            routines_->pair_max(sums + row * 2 * units, x + row * X + X - 2 * units, units,
                                largest + row * units);
        features = largest;
        step = units;
    }
    if (narrow_) {
        float* narrowed = arena.take(rows * narrow_.outputs());
        narrow_.multiply(features, step, rows, narrowed, narrow_.outputs());
        features = narrowed;
        step = narrow_.outputs();
    }
    output_.multiply(features, step, rows, logits, output_.outputs());
}

}  // namespace seqloom
