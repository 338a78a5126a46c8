#include "matrix.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <new>

#include "network.hpp"
#include "pool.hpp"
#ifdef __unix__
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace seqloom {

void* zeros(size_t bytes) {
    constexpr size_t kLine = 64, kPage = 2 << 20;
    size_t border = bytes >= 2 * kPage ? kPage : kLine, whole = (bytes + border - 1) / border * border;
    void* room = std::aligned_alloc(border, std::max(whole, border));
    if (!room) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
    if (border == kPage) madvise(room, whole, MADV_HUGEPAGE);
#endif
    return std::memset(room, 0, bytes);
}

std::vector<float> Array::floats() const {
    std::vector<float> all;
    all.reserve(size());
    for (long row = 0; row < rows; row++)
        for (long column = 0; column < columns; column++) all.push_back(at(row, column));
    release();
    return all;
}

// The pages are the file's: who reads them again has them read from it again.
void Array::release() const {
#ifdef MADV_DONTNEED
    if (!mapped) return;
    auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    auto first = bytes ? reinterpret_cast<std::uintptr_t>(bytes)
                       : reinterpret_cast<std::uintptr_t>(data);
    auto last = first + size() * (bytes ? sizeof(int8_t) : sizeof(float));
    first = first / page * page;
    madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
#endif
}

Columns::Columns(const Array& of, long first, long count)
    : shape_{nullptr, of.rows, count, nullptr, of.factors} {
    for (long row = 0; row < of.rows; row++) {
        long from = row * of.columns + first;
        if (of.bytes)
            bytes_.insert(bytes_.end(), of.bytes + from, of.bytes + from + count);
        else
            floats_.insert(floats_.end(), of.data + from, of.data + from + count);
    }
    of.release();
}

Array Columns::array() const {
    Array array = shape_;
    if (bytes_.empty())
        array.data = floats_.data();
    else
        array.bytes = bytes_.data();
    return array;
}

Matrix::Matrix(const Routines* routines, const std::vector<Array>& arrays,
               const std::vector<Array>& biases)
    : routines_(routines), inputs_(arrays.at(0).columns) {
    bool bytes = arrays[0].bytes;
    for (const Array& array : arrays) {
        require(array.columns == inputs_, "matrices that are stacked differ in their inputs");
        require(bytes == (array.bytes != nullptr), "some weights are in 8 bits and others are not");
        outputs_ += array.rows;
    }
    long outputs = filled(outputs_, routines->panel);
    if (bytes) {
        bytes_ = Aligned<int8_t>(outputs * inputs_);
        factors_ = Aligned<float>(outputs);
    } else {
        weights_ = Aligned<float>(outputs * inputs_);
    }
    long first = 0;
    for (const Array& array : arrays) {
        pack(array, first);
        first += array.rows;
        array.release();
    }
    if (biases.empty()) return;
    biased_ = true;
    bias_ = Aligned<float>(outputs);
    float* to = bias_.data();
    for (const Array& bias : biases) {
        require(to + bias.size() <= bias_.data() + outputs_, "a bias is longer than its matrix has rows");
        to = std::copy(bias.data, bias.data + bias.size(), to);
    }
    require(to == bias_.data() + outputs_, "a bias is shorter than its matrix has rows");
}

Matrix::Matrix(const Routines* routines, const View& weight, bool rounded)
    : routines_(routines), outputs_(weight.outputs), inputs_(weight.inputs) {
    if (rounded && rounding()) {
        tiles_ = Aligned<uint16_t>(filled(outputs_, Rounding::kSide) * tiled_inputs());
        rounding()->round(weight.data, weight.output_step, weight.input_step, outputs_, inputs_,
                          tiles_.data());
        return;
    }
    long panel = routines->panel;
    weights_ = Aligned<float>(filled(outputs_, panel) * inputs_);
    for (long first = 0; first < outputs_; first += panel) {
        long lanes = std::min(panel, outputs_ - first);
        const float* from = weight.data + first * weight.output_step;
        float* to = weights_.data() + first * inputs_;
        for (long k = 0; k < inputs_; k++, from += weight.input_step, to += panel)
            for (long lane = 0; lane < lanes; lane++) to[lane] = from[lane * weight.output_step];
    }
}

// Its rows are the outputs from `first` on.
void Matrix::pack(const Array& array, long first) {
    long panel = routines_->panel;
    for (long row = 0; row < array.rows; row++) {
        long output = first + row, from = row * inputs_;
        long to = output / panel * inputs_ * panel + output % panel;
        if (array.bytes) {
            factors_.data()[output] = array.factors[row];
            for (long k = 0; k < inputs_; k++) bytes_.data()[to + k * panel] = array.bytes[from + k];
        } else {
            for (long k = 0; k < inputs_; k++) weights_.data()[to + k * panel] = array.data[from + k];
        }
    }
}

// Few rows take as long as it takes to read the weights: more threads read faster, and each finds its
// share in its own cache at the next step. An output is one thread's, so its sum is the same.
constexpr long kFew = 4, kWorthAThread = 1 << 15;

// Where a thread had to be waited for, it is left alone for several times as long: for more the more often
// it happens, so that a core that stays busy costs little, and one that was busy for a moment as well.
class Company {
public:
    bool wanted() const { return alone_until_ == 0 || now() >= alone_until_; }

    void met(std::chrono::nanoseconds waited) {
        long times = times_;
        if (waited.count() > 0) alone_until_ = now() + times * waited.count();
        times_ = waited.count() > 0 ? std::min(2 * times, kMost) : std::max(times - 1, kLeast);
    }

private:
    static constexpr long kLeast = 4, kMost = 256;
    static int64_t now() {
        auto since = std::chrono::steady_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
    }
    std::atomic<int64_t> alone_until_{0};
    std::atomic<long> times_{kLeast};
};

static Company company;

void Matrix::run(const Product& p) const {
    auto share = [&](long first, long count) {
        const float* from = p.from ? p.from + first : nullptr;
        if (tiles_.data())
            return rounding()->multiply(panels(first, count), p.x, p.x_step, 1, p.rows, from, p.from_step,
                                        p.y + first, p.y_step);
        routines_->multiply(panels(first, count), p.x, p.x_step, p.rows, from, p.from_step, p.y + first,
                            p.y_step);
    };
    long unit = 4 * routines_->panel, units = outputs_ / unit;  // a row takes four panels at a time
    long worth = p.rows <= kFew ? outputs_ * inputs_ / kWorthAThread : 1;
    long shares = std::max(1L, std::min({static_cast<long>(threads()), worth, units}));
    if (shares == 1 || !company.wanted()) return share(0, outputs_);
    company.met(run_parts(shares, [&](long i) {
        long first = i * units / shares * unit;
        long next = i + 1 == shares ? outputs_ : (i + 1) * units / shares * unit;
        share(first, next - first);
    }));
}

Panels Matrix::panels(long first, long count) const {
    long before = first * inputs_;
    return {weights_.data() ? weights_.data() + before : nullptr,
            bytes_.data() ? bytes_.data() + before : nullptr,
            factors_.data() ? factors_.data() + first : nullptr,
            biased_ ? bias_.data() + first : nullptr,
            count,
            inputs_,
            tiles_.data() ? tiles_.data() + first * tiled_inputs() : nullptr};
}

}  // namespace seqloom
