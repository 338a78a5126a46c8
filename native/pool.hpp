// The threads of the process's kernel: one pool, made when first needed.
//
// Work is cut by source, so threads meet once per call; a single source's large products are cut by output
// (matrix.cpp). A thread that waits spins shortly and then sleeps: on busy cores a spinning thread would
// keep the one it waits for from running. A call from within a part, or one that finds the pool at work
// for another, does its own work alone.
#pragma once

#include <chrono>
#include <functional>

namespace seqloom {

void set_threads(int count);
int threads();

// Calls part(0) .. part(count - 1), on several threads where there are; rethrows what one threw. Says for
// how long the caller, its own work done, had to wait if that was longer than the work took, which is where
// another program has a core that a thread wants; else 0.
std::chrono::nanoseconds run_parts(long count, const std::function<void(long)>& part,
                                   int threads = threads());

}  // namespace seqloom
