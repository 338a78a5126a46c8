// The kernel as plain C functions, for ctypes.
//
// Sources lie one behind the other: source b is ids[start[b]] .. ids[start[b + 1] - 1]. The caller
// owns all arrays but a network and the outputs of `seqloom_greedy`, which it frees. Functions that
// return int give 0, or 1 and a message (`seqloom_error`), or 2 for want of memory. They check
// nothing of what they are given: the caller does (kernel/network.py).
#include <algorithm>
#include <cstring>
#include <new>

#include "pool.hpp"
#include "search.hpp"

using namespace seqloom;

#define API extern "C" __attribute__((visibility("default")))

static thread_local std::string message;

template <class F>
static int guarded(F f) {
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

// Cuts B sources into parts for the threads and calls f(first, count, arena).
template <class F>
static void by_source(Network& network, long B, long rows, F f) {
    long parts = std::max(1L, std::min({static_cast<long>(threads()), B, rows / 4}));
    run_parts(parts, [&](long part) {
        long first = part * B / parts, next = (part + 1) * B / parts;
        auto arena = network.arenas.lend();
        f(first, next - first, *arena);
    });
}

API const char* seqloom_error() { return message.c_str(); }
API void seqloom_set_threads(int count) { set_threads(count); }
API int seqloom_threads() { return threads(); }

API void* seqloom_handed_new() { return new (std::nothrow) Handed; }
API void seqloom_handed_free(void* handed) { delete static_cast<Handed*>(handed); }
API int seqloom_handed_array(void* handed, const char* name, const float* data, int64_t rows,
                             int64_t columns) {
    return guarded([&] { static_cast<Handed*>(handed)->arrays[name] = {data, rows, columns}; });
}
API int seqloom_handed_word(void* handed, const char* name, const char* word) {
    return guarded([&] { static_cast<Handed*>(handed)->words[name] = word; });
}

// `instructions` is plain, avx2, avx512, or empty for the best; `bytes` keeps weights in 8 bits.
API int seqloom_network_new(void* handed, const char* instructions, int bytes, void** network) {
    return guarded([&] {
        const Routines* chosen = routines(*instructions ? instructions : nullptr);
        require(chosen, std::string("this processor has no ") + instructions);
        *network = new Network(*static_cast<Handed*>(handed), chosen, bytes != 0);
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
        by_source(network, B, start[B], [&](long first, long count, Arena& arena) {
            Sources sources{ids, start + first, count};
            Encoded encoded = network.encoder.read(sources, arena);
            decoder.start(sources, encoded, keys + start[first] * decoder.keys(),
                          values + start[first] * decoder.values(),
                          summary + first * decoder.summary(), state + first * decoder.state());
        });
    });
}

// Rows are the W hypotheses of each of B sources. `wanted` may be null.
API int seqloom_step(void* with, const float* keys, const float* values, const int64_t* begin,
                     const int64_t* end, const float* summary, int64_t B, int64_t W,
                     const int64_t* tokens, const float* before, float* after, int64_t k,
                     int64_t* best, float* log_probs, const int64_t* wanted, float* wanted_log_probs,
                     float* weights, int64_t longest) {
    Network& network = *static_cast<Network*>(with);
    const Decoder& decoder = network.decoder;
    long V = decoder.vocabulary(), D = decoder.state();
    return guarded([&] {
        by_source(network, B, B * W, [&](long first, long count, Arena& arena) {
            Memory memory{keys, values, begin + first, end + first,
                          summary + first * decoder.summary(), count, static_cast<long>(W)};
            long row = first * W, rows = count * W;
            float* logits = arena.take(rows * V);
            decoder.step(memory, tokens + row, before + row * D, after + row * D, logits,
                         weights + row * longest, longest, arena);
            for (long i = 0; i < rows; i++, row++)
                candidates(*network.routines, logits + i * V, V, true, k, best + row * k,
                           log_probs + row * k, wanted ? wanted[row] : -1,
                           wanted ? wanted_log_probs + row : nullptr);
        });
    });
}

API int seqloom_greedy(void* with, const int64_t* ids, const int64_t* start, int64_t B,
                       const int64_t* limits, int64_t min_length, void** outputs) {
    Network& network = *static_cast<Network*>(with);
    return guarded([&] {
        auto found = std::make_unique<std::vector<Output>>(B);
        by_source(network, B, start[B], [&](long first, long count, Arena& arena) {
            greedy(network, {ids, start + first, count}, limits + first, min_length,
                   found->data() + first, arena);
        });
        *outputs = found.release();
    });
}

// Of one output: tokens, log probabilities and weights, and how many tokens; 1 if it is finished.
API int seqloom_output(void* outputs, int64_t b, const int64_t** tokens, const float** log_probs,
                       const float** weights, int64_t* length) {
    const Output& output = (*static_cast<std::vector<Output>*>(outputs))[b];
    *tokens = output.tokens.data();
    *log_probs = output.log_probs.data();
    *weights = output.weights.data();
    *length = static_cast<int64_t>(output.tokens.size());
    return output.finished;
}
API void seqloom_outputs_free(void* outputs) { delete static_cast<std::vector<Output>*>(outputs); }
