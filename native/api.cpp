// The kernel as plain C functions, for ctypes.
//
// Sources lie one behind the other: source b is ids[start[b]] .. ids[start[b + 1] - 1]. The caller
// owns all arrays but a network and the outputs of `seqloom_search`, which it frees. Functions that
// return int give 0, or 1 and a message (`seqloom_error`), or 2 for want of memory. They check
// nothing of what they are given: the caller does (kernel/network.py).
#include <algorithm>
#include <cstring>
#include <new>

#include "guarded.hpp"
#include "pool.hpp"
#include "search.hpp"

using namespace seqloom;

#define API extern "C" __attribute__((visibility("default")))

static thread_local std::string message;

int seqloom::guarded(const std::function<void()>& f) {
    try {
        f();
        return 0;
    } catch (const std::bad_alloc&) {
        return 2;
    } catch (const std::exception& error) {
        message = error.what();
        return 1;
    }
}

// Cuts B sources into parts for the threads, each of nearly equal length (source b has work[b] ..
// work[b + 1] - 1 of it), and calls f(first, count, arena).
template <class F>
static void by_source(Network& network, long B, const int64_t* work, F f) {
    long all = work[B], parts = std::max(1L, std::min({static_cast<long>(threads()), B, all / 4}));
    auto cut = [&](long part) {
        return std::lower_bound(work, work + B + 1, part * all / parts) - work;
    };
    run_parts(parts, [&](long part) {
        long first = cut(part), next = cut(part + 1);
        if (first == next) return;
        auto arena = network.arenas.lend();
        f(first, next - first, *arena);
    });
}

API const char* seqloom_error() { return message.c_str(); }
API void seqloom_set_threads(int count) { set_threads(count); }
API int seqloom_threads() { return threads(); }

API void* seqloom_handed_new() { return new (std::nothrow) Handed; }
API void seqloom_handed_free(void* handed) { delete static_cast<Handed*>(handed); }
// Floats, or bytes with a factor for each row; `mapped` if they are a file's memory, read only.
API int seqloom_handed_array(void* handed, const char* name, const float* data, const int8_t* bytes,
                             const float* factors, int64_t rows, int64_t columns, int mapped) {
    return guarded([&] {
        static_cast<Handed*>(handed)->arrays[name] = {data,  rows,    columns,
                                                      bytes, factors, mapped != 0};
    });
}
API int seqloom_handed_word(void* handed, const char* name, const char* word) {
    return guarded([&] { static_cast<Handed*>(handed)->words[name] = word; });
}

// `instructions` is plain, avx2, avx512, or empty for the best.
API int seqloom_network_new(void* handed, const char* instructions, void** network) {
    return guarded([&] {
        const Routines* chosen = routines(*instructions ? instructions : nullptr);
        require(chosen, std::string("this processor has no ") + instructions);
        *network = new Network(*static_cast<Handed*>(handed), chosen);
    });
}
API void seqloom_network_free(void* network) { delete static_cast<Network*>(network); }
API const char* seqloom_network_instructions(void* network) {
    return static_cast<Network*>(network)->routines->name;
}

// Source vocabulary, target vocabulary, and the floats of: a key and a value of a position, the
// summary of a source, the state of a hypothesis; last whether there is attention.
API void seqloom_network_sizes(void* of, int64_t sizes[7]) {
    Network& network = *static_cast<Network*>(of);
    const Decoder& decoder = network.decoder;
    const int64_t all[7] = {network.encoder.vocabulary(), decoder.vocabulary(), decoder.keys(),
                            decoder.values(), decoder.summary(), decoder.state(), decoder.attends()};
    std::memcpy(sizes, all, sizeof all);
}

API int seqloom_read(void* with, const int64_t* ids, const int64_t* start, int64_t B, float* keys,
                     float* values, float* summary, float* state) {
    Network& network = *static_cast<Network*>(with);
    const Decoder& decoder = network.decoder;
    return guarded([&] {
        by_source(network, B, start, [&](long first, long count, Arena& arena) {
            Sources sources{ids, start + first, count};
            Encoded encoded = network.encoder.read(sources, arena);
            decoder.start(sources, encoded, keys + start[first] * decoder.keys(),
                          values + start[first] * decoder.values(),
                          summary + first * decoder.summary(), state + first * decoder.state());
        });
    });
}

// Rows are the W hypotheses of each of B sources; row n continues row from[n] of the states before,
// of the same source. `wanted` may be null.
API int seqloom_step(void* with, const float* keys, const float* values, const int64_t* begin,
                     const int64_t* end, const float* summary, int64_t B, int64_t W,
                     const int64_t* tokens, const int64_t* from, const float* before, float* after,
                     int64_t k, int64_t* best, float* log_probs, const int64_t* wanted,
                     float* wanted_log_probs, float* weights, int64_t longest) {
    Network& network = *static_cast<Network*>(with);
    const Decoder& decoder = network.decoder;
    long V = decoder.vocabulary();
    Memory memory{keys, values, begin, end, summary};
    return guarded([&] {
        std::vector<long> source(B * W);
        std::vector<int64_t> start(B + 1);
        for (long n = 0; n < B * W; n++) source[n] = n / W;
        for (long b = 0; b <= B; b++) start[b] = b * W;
        by_source(network, B, start.data(), [&](long first, long count, Arena& arena) {
            long row = first * W;
            Rows rows{static_cast<long>(count * W), tokens + row, source.data() + row, from + row};
            float* logits = arena.take(rows.count * V);
            float* tops = arena.take(V / 16 + 1);
            decoder.step(memory, rows, before, after + row * decoder.state(), logits,
                         weights + row * longest, longest, arena);
            for (long i = 0; i < rows.count; i++, row++)
                candidates(*network.routines, logits + i * V, V, tops, true, k, best + row * k,
                           log_probs + row * k, wanted ? wanted[row] : -1,
                           wanted ? wanted_log_probs + row : nullptr);
        });
    });
}

// The whole search: greedy where the beam is 1. Limits count tokens without <eos>.
API int seqloom_search(void* with, const int64_t* ids, const int64_t* start, int64_t B,
                       const int64_t* limits, int64_t beam_width, int64_t nbest,
                       int64_t min_length, double length_penalty, void** outputs) {
    Network& network = *static_cast<Network*>(with);
    Wanted wanted{static_cast<long>(beam_width), static_cast<long>(nbest),
                  static_cast<long>(min_length), length_penalty};
    return guarded([&] {
        auto found = std::make_unique<Outputs>(B);
        by_source(network, B, start, [&](long first, long count, Arena& arena) {
            auto search = wanted.beam == 1 ? greedy : beam;
            search(network, {ids, start + first, count}, limits + first, wanted,
                   found->data() + first, arena);
        });
        *outputs = found.release();
    });
}

// How much `seqloom_outputs_read` fills: outputs of all sources, tokens, log probabilities, weights.
API void seqloom_outputs_sizes(void* of, int64_t sizes[4]) {
    std::fill(sizes, sizes + 4, 0);
    for (const auto& outputs : *static_cast<Outputs*>(of))
        for (const Output& output : outputs) {
            sizes[0]++;
            sizes[1] += output.tokens.size();
            sizes[2] += output.log_probs.size();
            sizes[3] += output.weights.size();
        }
}

// counts [B]: outputs of each source. Of each output its length in tokens, whether it is finished and
// its score; tokens, log probabilities and weights one output behind the other.
API void seqloom_outputs_read(void* of, int64_t* counts, int64_t* lengths, int64_t* finished,
                              double* scores, int64_t* tokens, float* log_probs, float* weights) {
    for (const auto& outputs : *static_cast<Outputs*>(of)) {
        *counts++ = static_cast<int64_t>(outputs.size());
        for (const Output& output : outputs) {
            *lengths++ = static_cast<int64_t>(output.tokens.size());
            *finished++ = output.finished;
            *scores++ = output.score;
            tokens = std::copy(output.tokens.begin(), output.tokens.end(), tokens);
            log_probs = std::copy(output.log_probs.begin(), output.log_probs.end(), log_probs);
            weights = std::copy(output.weights.begin(), output.weights.end(), weights);
        }
    }
}
API void seqloom_outputs_free(void* outputs) { delete static_cast<Outputs*>(outputs); }
