// The encoder: embeds sources and reads them with a stack of cells, in one direction or both.
//
// Sources lie one behind the other without padding. The input half of every layer is one product
// over all positions. In the loop the sources are ordered by length, so that those which are not yet
// at their end are the first rows, and nothing is computed for the others.
#include <algorithm>
#include <cstring>
#include <numeric>

#include "network.hpp"

namespace seqloom {

Encoder::Encoder(const Making& making) {
    Handed& handed = making.handed;
    // Shared with the decoder, it has the name of either.
    const std::string own = "encoder.embedding.weight";
    Embedding embedding(handed.take(handed.has(own) ? own : "embedding.weight"));
    vocabulary_ = embedding.count;
    reverse_ = handed.word("reverse") == "yes";
    bool both = handed.has("encoder.stack.backwards.0.W");
    for (int layer = 0; handed.has("encoder.stack.forwards." + std::to_string(layer) + ".W"); layer++) {
        cells_.emplace_back();
        for (const char* direction : {"forwards", "backwards"}) {
            if (!both && !std::strcmp(direction, "backwards")) break;
            std::string name = std::string("encoder.stack.") + direction + "." + std::to_string(layer);
            cells_[layer].emplace_back(making, name, layer > 0);
            if (layer == 0)
                fed_.emplace_back(making, embedding, std::vector<Array>{handed.take(name + ".W")},
                                  std::vector<Array>{handed.take(name + ".b")});
        }
    }
    require(!cells_.empty(), "the encoder has no layers");
    for (const Cell& cell : cells_[0]) features_ += cell.hidden();
    for (const auto& layer : cells_)
        for (const Cell& cell : layer) {
            require(!cell.input() || cell.input().inputs() == features_,
                    "a layer of the encoder does not fit the one below");
            require(cell.hidden() == cells_[0][0].hidden() && cell.parts() == parts(),
                    "the layers of the encoder differ in size or kind");
        }
}

// Where every position goes if a source is read last to first with its end staying last.
static std::vector<int64_t> mirror(const Sources& sources) {
    std::vector<int64_t> places(sources.positions());
    std::iota(places.begin(), places.end(), 0);
    for (long b = 0; b < sources.count; b++) {
        auto first = places.begin() + (sources.start[b] - sources.start[0]);
        std::reverse(first, first + sources.length(b) - 1);
    }
    return places;
}

Encoded Encoder::read(const Sources& sources, Arena& arena) const {
    long P = sources.positions(), H = features_;
    const int64_t* ids = sources.ids + sources.start[0];
    std::vector<int64_t> places, turned(ids, ids + P);
    if (reverse_) {
        places = mirror(sources);
        for (long p = 0; p < P; p++) turned[p] = ids[places[p]];
    }
    Encoded encoded{nullptr, {}};
    for (size_t layer = 0; layer < cells_.size(); layer++) {
        float* states = arena.take(P * H);
        float* last = arena.take(sources.count * parts() * H);
        long offset = 0;
        for (size_t direction = 0; direction < cells_[layer].size(); direction++) {
            const Cell& cell = cells_[layer][direction];
            auto mark = arena.mark();
            float* x = arena.take(P * cell.gates());
            if (layer == 0)
                fed_[direction].look_up(turned.data(), P, x, cell.gates(), arena);
            else
                cell.input().multiply(encoded.states, H, P, x, cell.gates());
            scan(cell, sources, x, direction == 1, states, last, offset, arena);
            arena.back_to(mark);
            offset += cell.hidden();
        }
        encoded.states = states;
        encoded.last.push_back(last);
    }
    if (reverse_) {
        float* straight = arena.take(P * H);
        for (long p = 0; p < P; p++)
            std::memcpy(straight + places[p] * H, encoded.states + p * H, H * sizeof(float));
        encoded.states = straight;
    }
    return encoded;
}

// One direction of one layer, whose output stands `offset` features into each position.
void Encoder::scan(const Cell& cell, const Sources& sources, const float* x, bool backward,
                   float* states, float* last, long offset, Arena& arena) const {
    long B = sources.count, D = cell.hidden(), G = cell.gates(), width = cell.parts() * D;
    std::vector<long> order(B);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](long a, long b) { return sources.length(a) > sources.length(b); });
    float* state = arena.take(B * width);
    float* r = arena.take(B * G);
    std::fill(state, state + B * width, 0.0f);
    std::fill(r, r + B * G, 0.0f);
    long going = B;
    for (long t = 0; t < sources.length(order[0]); t++) {
        while (sources.length(order[going - 1]) <= t) going--;
        if (t > 0) cell.recurrent().multiply(state, width, going, r, G);  // the first state is zero
        for (long row = 0; row < going; row++) {
            long b = order[row], length = sources.length(b);
            long p = sources.start[b] - sources.start[0] + (backward ? length - 1 - t : t);
            float* h = state + row * width;
            cell.advance(x + p * G, r + row * G, h, h);
            std::memcpy(states + p * features_ + offset, h, D * sizeof(float));
        }
    }
    for (long row = 0; row < B; row++)
        for (long part = 0; part < cell.parts(); part++)
            std::memcpy(last + (order[row] * cell.parts() + part) * features_ + offset,
                        state + row * width + part * D, D * sizeof(float));
}

}  // namespace seqloom
