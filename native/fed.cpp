#include "fed.hpp"

#include <algorithm>

#include "matrix.hpp"
#include "pool.hpp"

namespace seqloom {

namespace {

void times(const float* x, const float* factor, long n, float* y) {
    for (long i = 0; i < n; i++) y[i] = x[i] * factor[i];
}

// The weights of one call, packed.
struct Weights {
    Matrix fed, of_context, of_query;
    std::vector<Matrix> recurrent, input;

    Weights(const Fed& f, bool turned) {
        const Routines* best = routines(nullptr);
        auto packed = [&](const View& view) {
            return Matrix(best, turned ? view.turned() : view, f.rounded);
        };
        long G = 4 * f.D;
        View W_c(f.W_c, f.D, f.H + f.D);
        fed = packed(View(f.F, G, f.D));
        of_context = packed(W_c.columns(0, f.H));
        of_query = packed(W_c.columns(f.H, f.D));
        for (long l = 0; l < f.layers; l++) {
            recurrent.push_back(packed(View(f.layer[l].R, G, f.D)));
            input.push_back(l ? packed(View(f.layer[l].W, G, f.D)) : Matrix());
        }
    }
};

// Some rows of one decoder, on their way through the steps.
class Rows {
public:
    Rows(const Fed& f, const Weights& weights, long first, long count)
        : f_(f), weights_(weights), best_(routines(nullptr)), first_(first), count_(count) {}

    void on(long t) const {
        const float* query = layers_on(t);
        long here = at(t), D = f_.D;
        float *context = f_.contexts + here * f_.H, *s = f_.s + at(t + 1) * D;
        best_->ask_on(query, f_.keys + first_ * f_.S * D, f_.values + first_ * f_.S * f_.H,
                      f_.padding + first_ * f_.S, count_, f_.S, D, f_.H, f_.weights + here * f_.S,
                      context);
        float* z = f_.kept ? f_.z + here * D : s;
        weights_.of_query.multiply(query, D, count_, z, D);
        weights_.of_context.add(context, f_.H, count_, z, D);
        best_->tanh(z, count_ * D);
        if (f_.kept) times(z, f_.kept + t * f_.kept_step + first_ * D, count_ * D, s);
    }

    void back(long t) {
        long here = at(t), D = f_.D, n = count_ * D;
        float *dz = f_.dz + here * D, *fed = f_.dfed + first_ * D;
        const float* z = f_.kept ? f_.z + here * D : f_.s + at(t + 1) * D;
        std::copy(f_.ds + here * D, f_.ds + here * D + n, dz);
        best_->add(fed, n, dz);
        if (f_.kept) times(dz, f_.kept + t * f_.kept_step + first_ * D, n, dz);
        for (long i = 0; i < n; i++) dz[i] *= 1.0f - z[i] * z[i];
        const FedLayer& top = f_.layer[f_.layers - 1];
        float* dh = top.dh + first_ * D;
        weights_.of_query.add(dz, D, count_, dh, D);
        weights_.of_context.multiply(dz, D, count_, dcontext_.data(), f_.H);
        ask_back(t, top.hs + at(t + 1) * D);
        best_->add(below_.data(), n, dh);
        layers_back(t);
        weights_.fed.multiply(f_.layer[0].da + here * 4 * D, 4 * D, count_, fed, D);
    }

    void make_room() {
        dcontext_ = Aligned<float>(count_ * f_.H);
        below_ = Aligned<float>(count_ * f_.D);
        room_ = Aligned<float>(f_.S);
    }

private:
    long at(long t) const { return t * f_.N + first_; }

    // The state of the highest layer after step t.
    const float* layers_on(long t) const {
        long here = at(t), next = at(t + 1) * f_.D, D = f_.D, G = 4 * D;
        const float* below = nullptr;
        for (long l = 0; l < f_.layers; l++) {
            const FedLayer& layer = f_.layer[l];
            float* sums = layer.a + here * G;
            if (l == 0) {
                weights_.fed.on(f_.projected + here * G, G, f_.s + here * D, count_, sums);
            } else {
                if (layer.noise) {
                    float* entering = layer.entering + here * D;
                    times(below, layer.noise + t * layer.noise_step + first_ * D, count_ * D, entering);
                    below = entering;
                }
                weights_.input[l].on(layer.b, 0, below, count_, sums);
            }
            weights_.recurrent[l].add(layer.hs + here * D, D, count_, sums, G);
            best_->lstm_on(sums, layer.cs + here * D, count_, D, layer.hs + next, layer.cs + next,
                           layer.us + here * D);
            below = layer.hs + next;
        }
        return below;
    }

    void layers_back(long t) {
        long here = at(t), D = f_.D, G = 4 * D, n = count_ * D;
        for (long l = f_.layers - 1; l >= 0; l--) {
            const FedLayer& layer = f_.layer[l];
            float *dh = layer.dh + first_ * D, *da = layer.da + here * G;
            best_->lstm_back(layer.a + here * G, layer.cs + here * D, layer.us + here * D, dh, count_, D,
                             layer.dc + first_ * D, da);
            weights_.recurrent[l].multiply(da, G, count_, dh, D);
            if (l == 0) continue;
            float* below = below_.data();
            weights_.input[l].multiply(da, G, count_, below, D);
            if (layer.noise) times(below, layer.noise + t * layer.noise_step + first_ * D, n, below);
            best_->add(below, n, f_.layer[l - 1].dh + first_ * D);
        }
    }

    // Leaves the gradient of the query in `below_`.
    void ask_back(long t, const float* query) {
        long here = at(t), D = f_.D, source = first_ * f_.S;
        best_->ask_back(query, f_.keys + source * D, f_.values + source * f_.H, f_.padding + source,
                        f_.weights + here * f_.S, dcontext_.data(),
                        f_.dweights ? f_.dweights + here * f_.S : nullptr, count_, f_.S, D, f_.H,
                        room_.data(), below_.data(), f_.dkeys + source * D,
                        f_.dvalues + source * f_.H);
    }

    const Fed& f_;
    const Weights& weights_;
    const Routines* best_;
    long first_, count_;
    Aligned<float> dcontext_, below_, room_;
};

// Calls work(rows) for pieces of the rows. Where there are enough, a thread gets several, so that one which
// is held up leaves some to the others.
template <class F>
void by_rows(const Fed& f, const Weights& weights, F work) {
    long threads = std::max<long>(f.threads, 1), few = 48;
    long pieces = std::min<long>(f.N, f.N >= 2 * few * threads ? 2 * threads : threads);
    auto piece = [&](long i) {
        long first = i * f.N / pieces;
        work(Rows(f, weights, first, (i + 1) * f.N / pieces - first));
    };
    run_parts(pieces, piece, static_cast<int>(threads));
}

}  // namespace

void fed_on(const Fed& f) {
    Weights weights(f, false);
    by_rows(f, weights, [&](Rows rows) {
        for (long t = 0; t < f.T; t++) rows.on(t);
    });
}

void fed_back(const Fed& f) {
    Weights weights(f, true);
    by_rows(f, weights, [&](Rows rows) {
        rows.make_room();
        for (long t = f.T - 1; t >= 0; t--) rows.back(t);
    });
}

}  // namespace seqloom
