#include "network.hpp"

#include <algorithm>
#include <cstring>

namespace seqloom {

Array Handed::take(const std::string& name) {
    require(has(name), "there is no weight " + name);
    taken_.insert(name);
    return arrays[name];
}

std::string Handed::word(const std::string& name) const {
    auto found = words.find(name);
    require(found != words.end(), "the description lacks " + name);
    return found->second;
}

void Handed::check_all_taken() const {
    for (const auto& named : arrays)
        require(taken_.count(named.first) > 0, "no use is known for the weight " + named.first);
}

Matrix Making::matrix(const std::string& weight, const std::string& bias) const {
    std::vector<Array> biases;
    if (!bias.empty()) biases.push_back(handed.take(bias));
    return Matrix(routines, {handed.take(weight)}, biases);
}

Embedding::Embedding(const Array& array)
    : vectors(std::make_shared<const std::vector<float>>(array.floats())),
      count(array.rows),
      features(array.columns) {}

Fed::Fed(const Making& making, const Embedding& embedding, const std::vector<Array>& weights,
         const std::vector<Array>& biases)
    : product_(making.routines, weights, biases) {
    require(embedding.features == product_.inputs(), "an embedding does not fit the layer above it");
    long size = embedding.count * product_.outputs();
    if (size <= kTable) {
        table_.resize(size);
        product_.multiply(embedding.vectors->data(), embedding.features, embedding.count,
                          table_.data(), product_.outputs());
    } else {
        embedding_ = embedding.vectors;
    }
}

void Fed::look_up(const int64_t* tokens, long count, float* x, long step, Arena& arena) const {
    if (!table_.empty()) {
        for (long i = 0; i < count; i++)
            std::memcpy(x + i * step, table_.data() + tokens[i] * outputs(),
                        outputs() * sizeof(float));
        return;
    }
    std::vector<int64_t> each(tokens, tokens + count);  // once, though several rows have it
    std::sort(each.begin(), each.end());
    each.erase(std::unique(each.begin(), each.end()), each.end());
    long different = static_cast<long>(each.size()), E = product_.inputs();
    auto mark = arena.mark();
    float* embedded = arena.take(different * E);
    float* products = arena.take(different * outputs());
    for (long i = 0; i < different; i++)
        std::memcpy(embedded + i * E, embedding_->data() + each[i] * E, E * sizeof(float));
    product_.multiply(embedded, E, different, products, outputs());
    for (long i = 0; i < count; i++) {
        long at = std::lower_bound(each.begin(), each.end(), tokens[i]) - each.begin();
        std::memcpy(x + i * step, products + at * outputs(), outputs() * sizeof(float));
    }
    arena.back_to(mark);
}

Cell::Cell(const Making& making, const std::string& name, bool with_input)
    : routines_(making.routines) {
    recurrent_ = making.matrix(name + ".R");
    hidden_ = recurrent_.inputs();
    long blocks = recurrent_.outputs() / hidden_;
    require(blocks == 1 || blocks == 3 || blocks == 4, name + " is no cell that is known");
    kind_ = static_cast<Kind>(blocks);
    require(gates() == recurrent_.outputs(), name + ".R is no whole number of gates");
    if (kind_ == Kind::gru) {
        Array b_n = making.handed.take(name + ".b_n");
        require(b_n.rows == hidden_, name + ".b_n has another size than the state");
        b_n_ = b_n.floats();
    }
    if (with_input) {
        input_ = making.matrix(name + ".W", name + ".b");
        require(input_.outputs() == gates(), name + ".W and .R differ in their gates");
    }
}

void Cell::advance(const float* x, const float* r, const float* before, float* after) const {
    switch (kind_) {
        case Kind::elman: return routines_->elman(x, r, hidden_, after);
        case Kind::gru: return routines_->gru(x, r, b_n_.data(), before, hidden_, after);
        case Kind::lstm:
            return routines_->lstm(x, r, before + hidden_, hidden_, after, after + hidden_);
    }
}

Network::Network(Handed& handed, const Routines* chosen) : routines(chosen) {
    Making making{handed, chosen};
    encoder = Encoder(making);
    decoder = Decoder(making, encoder);
    handed.check_all_taken();
}

}  // namespace seqloom
