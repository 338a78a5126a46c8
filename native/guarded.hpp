// Between C++ and whoever called it from C.
#pragma once

#include <functional>

namespace seqloom {

// Runs f: 0, or 1 and a message (`seqloom_error`), or 2 for want of memory.
int guarded(const std::function<void()>& f);

}  // namespace seqloom
