// A weight matrix as the inner loops want it: packed once, when the network is loaded.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "routines.hpp"

namespace seqloom {

// Named arrays as they were handed over: [rows, columns], or [rows] with one column.
struct Array {
    const float* data;
    long rows, columns;
};

// Memory at the border of a cache line, filled with zeros.
template <class T>
class Aligned {
public:
    Aligned() = default;
    explicit Aligned(long count) : room_(count + 64 / sizeof(T)) {
        auto address = reinterpret_cast<std::uintptr_t>(room_.data());
        data_ = room_.data() + (-address % 64) / sizeof(T);
    }
    T* data() { return data_; }
    const T* data() const { return data_; }

private:
    std::vector<T> room_;  // stays where it is when the object moves
    T* data_ = nullptr;
};

// y = W x + b
class Matrix {
public:
    Matrix() = default;
    // `rows` may be several matrices that see the same input, one below the other.
    Matrix(const Routines* routines, const std::vector<Array>& rows, const std::vector<Array>& biases,
           bool bytes);

    void multiply(const float* x, long x_step, long rows, float* y, long y_step) const {
        routines_->multiply(panels(), x, x_step, rows, y, y_step, false);
    }
    // y += W x
    void add(const float* x, long x_step, long rows, float* y, long y_step) const {
        routines_->multiply(panels(), x, x_step, rows, y, y_step, true);
    }

    long outputs() const { return outputs_; }
    long inputs() const { return inputs_; }
    explicit operator bool() const { return outputs_ > 0; }

private:
    Panels panels() const;
    void pack_bytes(const std::vector<const float*>& rows);

    const Routines* routines_ = nullptr;
    long outputs_ = 0, inputs_ = 0;
    bool biased_ = false;
    Aligned<float> weights_, factors_, bias_;
    Aligned<int8_t> bytes_;
};

}  // namespace seqloom
