// The decoders, as one step of a few products:
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
#include <algorithm>
#include <cstring>

#include "network.hpp"

namespace seqloom {

// Columns first .. first + count - 1 of an array, copied.
static std::vector<float> columns(const Array& array, long first, long count) {
    std::vector<float> part;
    for (long row = 0; row < array.rows; row++) {
        const float* from = array.data + row * array.columns + first;
        part.insert(part.end(), from, from + count);
    }
    return part;
}

Decoder::Decoder(const Making& making, const Encoder& encoder) : routines_(making.routines) {
    std::map<std::string, Kind> kinds{{"sutskever", Kind::sutskever}, {"cho", Kind::cho},
                                      {"bahdanau", Kind::bahdanau}, {"luong", Kind::luong}};
    auto kind = kinds.find(making.handed.word("decoder"));
    require(kind != kinds.end(), "no such decoder is known");
    kind_ = kind->second;
    encoder_parts_ = encoder.parts();
    encoder_features_ = encoder.features();
    const std::string cells = "decoder.layers.cells.";
    for (int layer = 0; making.handed.has(cells + std::to_string(layer) + ".W"); layer++)
        cells_.emplace_back(making, cells + std::to_string(layer), layer > 0);
    require(!cells_.empty(), "the decoder has no layers");
    for (const Cell& cell : cells_) {
        require(cell.hidden() == cells_[0].hidden() && cell.parts() == cells_[0].parts(),
                "the layers of the decoder differ in size or kind");
        require(!cell.input() || cell.input().inputs() == cell.hidden(),
                "a layer of the decoder does not fit the one below");
        state_ += cell.parts() * cell.hidden();
    }
    make_readout(making, encoder);
    if (attends()) make_attention(making, encoder);
    make_bridge(making, encoder);
}

// The readout, and what it and the first layer make of the token and of the context.
void Decoder::make_readout(const Making& making, const Encoder& encoder) {
    Handed& handed = making.handed;
    long D = cells_[0].hidden(), H = encoder.features();
    const std::string embedded =
        handed.has("embedding.weight") ? "embedding.weight" : "encoder.embedding.weight";
    Array embedding = handed.take(embedded);
    std::vector<Array> inputs{handed.take("decoder.layers.cells.0.W")};
    std::vector<Array> biases{handed.take("decoder.layers.cells.0.b")};
    std::vector<float> of_state, of_token, of_context;
    std::string softmax = "readout";
    if (kind_ == Kind::cho || kind_ == Kind::bahdanau) {
        Array U = handed.take("readout.U.weight");
        long E = embedding.columns;
        require(U.columns == D + E + H, "the readout does not fit the decoder");
        of_state = columns(U, 0, D);
        of_token = columns(U, D, E);
        of_context = columns(U, D + E, H);
        maxout_ = Matrix(routines_, {Array{of_state.data(), U.rows, D}}, {}, making.bytes);
        inputs.push_back({of_token.data(), U.rows, E});
        biases.push_back(handed.take("readout.U.bias"));
        std::vector<Array> linear{handed.take("decoder.C.weight"), {of_context.data(), U.rows, H}};
        value_ = Matrix(routines_, linear, {}, making.bytes);
        softmax = "readout.softmax";
    }
    fed_ = Fed(making, embedding, inputs, biases);
    require(fed_.outputs() == cells_[0].gates() + maxout_.outputs(),
            "the decoder's first layer does not fit its gates");
    if (handed.has(softmax + ".narrow.weight")) narrow_ = making.matrix(softmax + ".narrow.weight");
    bool tied = !handed.has(softmax + ".output.weight");
    output_ = making.matrix(tied ? embedded : softmax + ".output.weight",
                            softmax + ".output.bias");
    long features = maxout_ ? maxout_.outputs() / 2 : D;
    require((narrow_ ? narrow_.inputs() : output_.inputs()) == features &&
                (!narrow_ || narrow_.outputs() == output_.inputs()) &&
                output_.outputs() == embedding.rows,
            "the readout does not fit the decoder");
}

void Decoder::make_attention(const Making& making, const Encoder& encoder) {
    Handed& handed = making.handed;
    long D = cells_[0].hidden(), H = encoder.features();
    const std::string score = "decoder.attention.score.";
    std::string kind = handed.word("score");
    if (kind == "general") key_ = making.matrix(score + "W.weight");
    if (kind == "additive") {
        key_ = making.matrix(score + "U.weight");
        query_ = making.matrix(score + "W.weight");
    }
    if (kind == "concat") {
        key_ = making.matrix(score + "W_k.weight", score + "W_k.bias");
        query_ = making.matrix(score + "W_q.weight");
    }
    require(key_ || kind == "dot", "no such attention is known: " + kind);
    key_size_ = key_ ? key_.outputs() : H;
    require(!key_ || key_.inputs() == H, "the attention does not fit the encoder");
    require((query_ ? query_.outputs() : D) == key_size_ && (!query_ || query_.inputs() == D),
            "the attention does not fit the decoder");
    if (query_) {
        Array v = handed.take(score + "v.weight");
        require(v.rows * v.columns == key_size_, "the attention's v has another size than its keys");
        v_.assign(v.data, v.data + key_size_);
    }
    if (kind_ == Kind::luong) {
        Array W_c = handed.take("decoder.W_c.weight");
        require(W_c.columns == H + D && W_c.rows == D, "W_c does not fit the decoder");
        std::vector<float> context = columns(W_c, 0, H), state = columns(W_c, H, D);
        value_ = Matrix(routines_, {Array{context.data(), D, H}}, {}, making.bytes);
        state_half_ = Matrix(routines_, {Array{state.data(), D, D}}, {}, making.bytes);
        if (handed.has("decoder.feed.weight")) {
            feed_ = making.matrix("decoder.feed.weight");
            require(feed_.inputs() == D && feed_.outputs() == cells_[0].gates(),
                    "input feeding does not fit the decoder");
            state_ += D;
        }
    }
    value_size_ = value_.outputs();
}

void Decoder::make_bridge(const Making& making, const Encoder& encoder) {
    const std::string name = "decoder.bridge.V.";
    for (int layer = 0; making.handed.has(name + std::to_string(layer) + ".weight"); layer++) {
        std::string V = name + std::to_string(layer);
        bridges_.push_back(making.matrix(V + ".weight", V + ".bias"));
        require(bridges_.back().inputs() == encoder.features() &&
                    bridges_.back().outputs() == cells_[0].parts() * cells_[0].hidden(),
                "the bridge does not fit");
    }
    if (bridges_.empty())
        require(encoder.features() == cells_[0].hidden() && encoder.parts() == cells_[0].parts() &&
                    encoder.layers() == static_cast<long>(cells_.size()),
                "the encoder's states do not fit the decoder, and there is no bridge");
    else
        require(bridges_.size() == cells_.size(), "a layer has no bridge");
}

void Decoder::start(const Sources& sources, const Encoded& encoded, float* keys, float* values,
                    float* summary, float* state) const {
    long P = sources.positions(), H = encoder_features_;
    if (attends()) {
        if (key_)
            key_.multiply(encoded.states, H, P, keys, key_size_);
        else
            std::memcpy(keys, encoded.states, P * H * sizeof(float));
        value_.multiply(encoded.states, H, P, values, value_size_);
    }
    if (kind_ == Kind::cho)
        value_.multiply(encoded.last.back(), encoder_parts_ * H, sources.count, summary,
                        fed_.outputs());
    for (long b = 0; b < sources.count; b++)
        std::fill(state + b * state_, state + (b + 1) * state_, 0.0f);
    bridge(sources, encoded, state);
}

void Decoder::bridge(const Sources& sources, const Encoded& encoded, float* state) const {
    long B = sources.count, H = encoder_features_;
    long of_layer = cells_[0].parts() * cells_[0].hidden();
    long depth = static_cast<long>(cells_.size()), below = static_cast<long>(encoded.last.size());
    for (long layer = 0; layer < depth; layer++) {
        float* to = state + layer * of_layer;
        const float* last = encoded.last[std::max(0L, layer + below - depth)];
        if (bridges_.empty()) {
            for (long b = 0; b < B; b++)
                std::memcpy(to + b * state_, last + b * of_layer, of_layer * sizeof(float));
        } else {
            bridges_[layer].multiply(last, encoder_parts_ * H, B, to, state_);
            for (long b = 0; b < B; b++) routines_->tanh(to + b * state_, of_layer);
        }
    }
}

void Decoder::step(const Memory& memory, const int64_t* tokens, const float* before, float* after,
                   float* logits, float* weights, long longest, Arena& arena) const {
    long N = memory.sources * memory.width, X = fed_.outputs(), D = cells_[0].hidden();
    long top = state_ - (feed_ ? D : 0) - cells_[0].parts() * D;  // where the last layer's h begins
    auto mark = arena.mark();
    float* x = arena.take(N * X);
    fed_.look_up(tokens, N, x, X, arena);
    if (kind_ == Kind::bahdanau) {
        float* mixed = arena.take(N * value_size_);
        attend(memory, before + top, mixed, weights, longest, arena);
        routines_->add(mixed, N * X, x);
    }
    if (kind_ == Kind::cho)
        for (long row = 0; row < N; row++)
            routines_->add(memory.summary + row / memory.width * X, X, x + row * X);
    if (feed_) feed_.add(before + state_ - D, state_, N, x, X);
    layers(x, N, before, after, arena);
    float* attended = nullptr;
    if (kind_ == Kind::luong) {
        attended = arena.take(N * D);
        attend(memory, after + top, attended, weights, longest, arena);
        state_half_.add(after + top, state_, N, attended, D);
        routines_->tanh(attended, N * D);
        for (long row = 0; feed_ && row < N; row++)
            std::memcpy(after + (row + 1) * state_ - D, attended + row * D, D * sizeof(float));
    }
    read_out(x, after + top, attended, N, logits, arena);
    arena.back_to(mark);
}

// All layers, the first one from its gates x, each later one from the h below.
void Decoder::layers(const float* x, long rows, const float* before, float* after,
                     Arena& arena) const {
    long G = cells_[0].gates(), x_step = fed_.outputs();
    float* r = arena.take(rows * G);
    float* between = cells_.size() > 1 ? arena.take(rows * G) : nullptr;
    long D = cells_[0].hidden(), at = 0;
    for (const Cell& cell : cells_) {
        if (at > 0) {
            cell.input().multiply(after + at - cell.parts() * D, state_, rows, between, G);
            x = between;
            x_step = G;
        }
        cell.recurrent().multiply(before + at, state_, rows, r, G);
        for (long row = 0; row < rows; row++)
            cell.advance(x + row * x_step, r + row * G, before + row * state_ + at,
                         after + row * state_ + at);
        at += cell.parts() * D;
    }
}

// Each row asks its own source; queries stand `state_` floats apart.
void Decoder::attend(const Memory& memory, const float* query, float* mixed, float* weights,
                     long longest, Arena& arena) const {
    long N = memory.sources * memory.width, step = state_;
    if (query_) {
        float* asked = arena.take(N * key_size_);
        query_.multiply(query, state_, N, asked, key_size_);
        query = asked;
        step = key_size_;
    }
    for (long row = 0; row < N; row++) {
        long b = row / memory.width, S = memory.end[b] - memory.begin[b];
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
