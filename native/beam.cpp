#include <algorithm>

#include "race.hpp"

namespace seqloom {

void beam(const Network& network, const Sources& sources, const int64_t* limits,
          const Wanted& wanted, std::vector<Output>* outputs, Arena& arena) {
    const Decoder& decoder = network.decoder;
    long B = sources.count, V = decoder.vocabulary(), most = B * wanted.beam;
    long k = std::min(wanted.beam + 1, V);  // W that go on, and <eos>
    Started search(network, sources, most, arena);
    std::vector<Race> races;
    std::vector<long> source(B);  // of each row
    std::vector<int64_t> tokens(B, kSos), from(B), ids(most * k);
    float* log_probs = arena.take(most * k);
    for (long b = 0; b < B; b++) {
        races.emplace_back(wanted, limits[b], sources.length(b));
        source[b] = from[b] = b;
    }
    for (long t = 0; !tokens.empty(); t++) {
        Rows rows{static_cast<long>(tokens.size()), tokens.data(), source.data(), from.data()};
        decoder.step(search.memory, rows, search.state, search.next, search.logits, search.weights,
                     search.longest, arena);
        std::swap(search.state, search.next);
        for (long row = 0; row < rows.count; row++)
            candidates(*network.routines, search.logits + row * V, V, search.tops,
                       t >= wanted.min_length, k, ids.data() + row * k, log_probs + row * k);
        std::vector<long> asked;
        std::swap(asked, source);
        tokens.clear();
        from.clear();
        for (long row = 0, next; row < rows.count; row = next) {
            Race& race = races[asked[row]];
            next = row + static_cast<long>(race.live().size());
            const float* paid = decoder.attends() ? search.weights + row * search.longest : nullptr;
            race.step(ids.data() + row * k, log_probs + row * k, k, paid, search.longest);
            for (long i = 0; i < static_cast<long>(race.live().size()); i++) {
                source.push_back(asked[row]);
                tokens.push_back(race.token(i));
                from.push_back(row + race.parent(i));
            }
        }
    }
    for (long b = 0; b < B; b++) outputs[b] = races[b].outputs();
}

}  // namespace seqloom
