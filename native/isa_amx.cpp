// Matrix tiles, where the compiler, the processor and the system know them.
#include "routines.hpp"

#if defined(__AMX_BF16__) && defined(__AVX512BF16__) && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tiles.hpp"

namespace seqloom {

static bool has_tiles() {
    unsigned a, b, c, d;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    constexpr unsigned kProducts = 1u << 22, kTiles = 1u << 24;
    if (!(d & kProducts) || !(d & kTiles)) return false;
    if (!__get_cpuid_count(7, 1, &a, &b, &c, &d) || !(a & (1u << 5))) return false;  // AVX512-BF16
    constexpr long kAsk = 0x1023, kTileData = 18;  // Linux gives their state to who asks
    return syscall(SYS_arch_prctl, kAsk, kTileData) == 0;
}

const Rounding* rounding() {
    static const Rounding kTiles = {multiply_tiles, fill_tiles};
    static const bool there = routines("avx512") && has_tiles();
    return there ? &kTiles : nullptr;
}

}  // namespace seqloom
#else
namespace seqloom {
const Rounding* rounding() { return nullptr; }
}  // namespace seqloom
#endif
