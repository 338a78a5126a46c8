#include "matrix.hpp"

#include <cmath>

#include "network.hpp"

namespace seqloom {

static std::vector<const float*> rows_of(const std::vector<Array>& arrays, long inputs) {
    std::vector<const float*> rows;
    for (const Array& array : arrays) {
        require(array.columns == inputs, "matrices that are stacked differ in their inputs");
        for (long row = 0; row < array.rows; row++) rows.push_back(array.data + row * inputs);
    }
    return rows;
}

Matrix::Matrix(const Routines* routines, const std::vector<Array>& arrays,
               const std::vector<Array>& biases, bool bytes)
    : routines_(routines), inputs_(arrays.at(0).columns) {
    auto rows = rows_of(arrays, inputs_);
    outputs_ = static_cast<long>(rows.size());
    long panel = routines->panel, filled = (outputs_ + panel - 1) / panel * panel;
    if (bytes) {
        pack_bytes(rows);
    } else {
        weights_ = Aligned<float>(filled * inputs_);
        for (long row = 0; row < outputs_; row++)
            for (long k = 0; k < inputs_; k++)
                weights_.data()[(row / panel * inputs_ + k) * panel + row % panel] = rows[row][k];
    }
    if (biases.empty()) return;
    biased_ = true;
    bias_ = Aligned<float>(filled);
    float* to = bias_.data();
    for (const Array& bias : biases)
        for (long i = 0; i < bias.rows * bias.columns; i++) {
            require(to < bias_.data() + outputs_, "a bias is longer than its matrix has rows");
            *to++ = bias.data[i];
        }
    require(to == bias_.data() + outputs_, "a bias is shorter than its matrix has rows");
}

// The largest weight of an output becomes +-127.
void Matrix::pack_bytes(const std::vector<const float*>& rows) {
    long panel = routines_->panel, filled = (outputs_ + panel - 1) / panel * panel;
    bytes_ = Aligned<int8_t>(filled * inputs_);
    factors_ = Aligned<float>(filled);
    for (long row = 0; row < outputs_; row++) {
        float most = 0.0f;
        for (long k = 0; k < inputs_; k++) most = std::fmax(most, std::fabs(rows[row][k]));
        float factor = most > 0.0f ? most / 127.0f : 1.0f;
        factors_.data()[row] = factor;
        for (long k = 0; k < inputs_; k++)
            bytes_.data()[(row / panel * inputs_ + k) * panel + row % panel] =
                static_cast<int8_t>(std::lrint(rows[row][k] / factor));
    }
}

Panels Matrix::panels() const {
    return {weights_.data(), bytes_.data(), factors_.data(), biased_ ? bias_.data() : nullptr,
            outputs_, inputs_};
}

}  // namespace seqloom
