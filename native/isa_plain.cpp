// Vectors of four: what every processor of our time has (SSE2, NEON).
#define ISA plain
#define LANES 4
#include "table.hpp"

namespace seqloom {
static const Routines kPlain = plain::table("plain");
const Routines* plain_routines() { return &kPlain; }
}  // namespace seqloom
