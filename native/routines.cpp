// Which instruction set this processor has.
#include "routines.hpp"

#include <cstring>

namespace seqloom {

static bool has_avx2() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return false;
#endif
}

static bool has_avx512() {
#if defined(__x86_64__)
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

const Routines* routines(const char* name) {
    const Routines* tables[] = {
        has_avx512() ? avx512_routines() : nullptr,
        has_avx2() ? avx2_routines() : nullptr,
        plain_routines(),
    };
    for (const Routines* table : tables)
        if (table && (!name || !std::strcmp(name, table->name))) return table;
    return nullptr;
}

}  // namespace seqloom
