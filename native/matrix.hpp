// A weight matrix as the inner loops want it: packed once, when the network is loaded.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "routines.hpp"

namespace seqloom {

// Named arrays as they were handed over: [rows, columns], or [rows] with one column. Floats, or bytes
// with a factor for each row. A file's memory (`mapped`) is given back when it has been read.
struct Array {
    const float* data;
    long rows, columns;
    const int8_t* bytes = nullptr;
    const float* factors = nullptr;
    bool mapped = false;

    long size() const { return rows * columns; }
    float at(long row, long column) const {
        long place = row * columns + column;
        return bytes ? static_cast<float>(bytes[place]) * factors[row] : data[place];
    }
    std::vector<float> floats() const;
    void release() const;
};

// Columns first .. first + count - 1 of an array, copied.
class Columns {
public:
    Columns() = default;
    Columns(const Array& of, long first, long count);
    Array array() const;

private:
    Array shape_{};
    std::vector<float> floats_;
    std::vector<int8_t> bytes_;
};

// Memory at the border of a cache line, filled with zeros; much of it in large pages, where there are, which
// a processor finds faster. Throws std::bad_alloc.
void* zeros(size_t bytes);

template <class T>
class Aligned {
public:
    Aligned() = default;
    explicit Aligned(long count) : data_(static_cast<T*>(zeros(count * sizeof(T)))) {}
    T* data() { return data_.get(); }
    const T* data() const { return data_.get(); }

private:
    struct Free {
        void operator()(T* data) const { std::free(data); }
    };
    std::unique_ptr<T, Free> data_;
};

// A weight that stands in an array of floats, which is not kept: as it is, turned around, or some of its
// columns.
struct View {
    const float* data;
    long outputs, inputs;
    long output_step, input_step;

    View(const float* data, long outputs, long inputs)
        : View(data, outputs, inputs, inputs, 1) {}
    View turned() const { return {data, inputs, outputs, input_step, output_step}; }
    View columns(long first, long count) const {
        return {data + first * input_step, outputs, count, output_step, input_step};
    }

private:
    View(const float* data, long outputs, long inputs, long output_step, long input_step)
        : data(data), outputs(outputs), inputs(inputs), output_step(output_step),
          input_step(input_step) {}
};

// y = W x + b
class Matrix {
public:
    Matrix() = default;
    // `rows` may be several matrices that see the same input, one below the other.
    Matrix(const Routines* routines, const std::vector<Array>& rows,
           const std::vector<Array>& biases);
    // `rounded` to bfloat16, where there are instructions for it.
    Matrix(const Routines* routines, const View& weight, bool rounded = false);

    void multiply(const float* x, long x_step, long rows, float* y, long y_step) const {
        run({x, x_step, rows, nullptr, 0, y, y_step});
    }
    // y += W x
    void add(const float* x, long x_step, long rows, float* y, long y_step) const {
        run({x, x_step, rows, y, y_step, y, y_step});
    }
    // y = from + W x, rows of x, and of from and y, one behind the other; `from_step` is 0 if all rows
    // start from one.
    void on(const float* from, long from_step, const float* x, long rows, float* y) const {
        run({x, inputs_, rows, from, from_step, y, outputs_});
    }

    long outputs() const { return outputs_; }
    long inputs() const { return inputs_; }
    explicit operator bool() const { return outputs_ > 0; }

private:
    struct Product {  // y = from + W x; see Routines::multiply
        const float* x;
        long x_step, rows;
        const float* from;
        long from_step;
        float* y;
        long y_step;
    };
    void run(const Product& product) const;
    Panels panels(long first, long count) const;
    void pack(const Array& array, long first);
    long tiled_inputs() const { return filled(inputs_, Rounding::kSide); }
    static long filled(long count, long unit) { return (count + unit - 1) / unit * unit; }

    const Routines* routines_ = nullptr;
    long outputs_ = 0, inputs_ = 0;
    bool biased_ = false;
    Aligned<float> weights_, factors_, bias_;
    Aligned<int8_t> bytes_;
    Aligned<uint16_t> tiles_;
};

}  // namespace seqloom
