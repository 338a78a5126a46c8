// Vectors of eight with fused multiply-add.
#include "routines.hpp"

#if defined(__AVX2__) && defined(__FMA__)
#define ISA avx2
#define LANES 8
#include "table.hpp"

namespace seqloom {
static const Routines kAvx2 = avx2::table("avx2");
const Routines* avx2_routines() { return &kAvx2; }
}  // namespace seqloom
#else
namespace seqloom {
const Routines* avx2_routines() { return nullptr; }
}  // namespace seqloom
#endif
