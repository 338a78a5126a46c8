// How a decoder is put together from the weights, and how it starts on sources.
#include <algorithm>
#include <cstring>

#include "network.hpp"

namespace seqloom {

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
    Embedding embedding(handed.take(embedded));
    std::vector<Array> inputs{handed.take("decoder.layers.cells.0.W")};
    std::vector<Array> biases{handed.take("decoder.layers.cells.0.b")};
    Columns of_token;
    std::string softmax = "readout";
    if (kind_ == Kind::cho || kind_ == Kind::bahdanau) {
        Array U = handed.take("readout.U.weight");
        long E = embedding.features;
        require(U.columns == D + E + H, "the readout does not fit the decoder");
        Columns of_state(U, 0, D), of_context(U, D + E, H);
        of_token = Columns(U, D, E);
        maxout_ = Matrix(routines_, {of_state.array()}, {});
        inputs.push_back(of_token.array());
        biases.push_back(handed.take("readout.U.bias"));
        value_ = Matrix(routines_, {handed.take("decoder.C.weight"), of_context.array()}, {});
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
                output_.outputs() == embedding.count,
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
        v_ = v.floats();
    }
    if (kind_ == Kind::luong) {
        Array W_c = handed.take("decoder.W_c.weight");
        require(W_c.columns == H + D && W_c.rows == D, "W_c does not fit the decoder");
        value_ = Matrix(routines_, {Columns(W_c, 0, H).array()}, {});
        state_half_ = Matrix(routines_, {Columns(W_c, H, D).array()}, {});
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

}  // namespace seqloom
