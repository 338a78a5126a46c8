// The threads of the process's kernel: one pool, made when first needed.
//
// Work is cut by source, so threads meet once per call. A thread that waits spins shortly and then
// sleeps: on busy cores a spinning thread would keep the one it waits for from running. A call that
// finds the pool at work for another one does its own work alone.
#pragma once

#include <functional>

namespace seqloom {

void set_threads(int count);
int threads();

// Calls part(0) .. part(count - 1), on several threads where there are; rethrows what one threw.
void run_parts(long count, const std::function<void(long)>& part, int threads = threads());

}  // namespace seqloom
