// Vectors of sixteen with fused multiply-add.
#include "routines.hpp"

#if defined(__AVX512F__)
#define ISA avx512
#define LANES 16
#include "table.hpp"

namespace seqloom {
static const Routines kAvx512 = avx512::table("avx512");
const Routines* avx512_routines() { return &kAvx512; }
}  // namespace seqloom
#else
namespace seqloom {
const Routines* avx512_routines() { return nullptr; }
}  // namespace seqloom
#endif
